import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { IncompleteSessionError, SessionFailedError } from '../../src/model/errors.js';
import { type Case, caseOf, type NamedFault } from './httpCase.js';
import { expectConserved, reportOf } from './httpConservation.js';
import { type Expectation, expectationOf } from './httpExpectation.js';
import { brokenConnections, passingAnswers, phasesOf, refusals, spoiltReplies } from './httpFaults.js';
import { runSeed, runsAll, tellSeed } from './httpRandom.js';
import { type HttpRecord, startHttpRecord } from './httpRecord.js';
import { type Ran, run } from './httpSession.js';

const seed = runSeed();
const repetitions = runsAll() ? 30 : 6;
const SIDE_BY_SIDE = 24;

let record: HttpRecord;
let spools: string;
/** Where redirects point: nobody may come. */
let elsewhere: string;
const visitors: string[] = [];
const other = createServer(({ method, url }, response) => {
  visitors.push(`${method} ${url}`);
  response.end();
});

beforeAll(async () => {
  tellSeed('HTTP faults', seed);
  record = await startHttpRecord();
  spools = await mkdtemp(join(tmpdir(), 'epistream-faults-'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
  elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await record.close();
  await rm(spools, { recursive: true });
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});

const expectAsExpected: Readonly<Record<Expectation, (ran: Ran) => void>> = {
  delivered: (ran) => {
    expect(ran.error).toBeUndefined();
    expectComplete(ran);
    expect(reportOf(ran).streams).toHaveLength(1);
  },
  deadLetter: (ran) => {
    expect(ran.error).toBeInstanceOf(IncompleteSessionError);
    const { deadLetters, rejected, lost, ended } = reportOf(ran);
    expect(deadLetters.map(({ problem }) => problem.status)).toEqual([statusOf(ran.one)]);
    expect({ rejected, lost, ended }).toEqual({ rejected: deadLetters[0]?.chunk.items, lost: 0, ended: true });
  },
  continued: (ran) => {
    expect(ran.error).toBeUndefined();
    expectComplete(ran);
    const { streams } = reportOf(ran);
    expect(streams).toHaveLength(2);
    expect(ran.streams.find(({ id }) => id === streams[1])?.state).toBe('ended');
  },
  notOpened: (ran) => {
    if (goesOn(ran)) return expectComplete(ran);
    expectFailed(ran, 'open');
    expect(reportOf(ran)).toMatchObject({ delivered: 0, lost: ran.frames.length, streams: [] });
    expect(ran.streams).toEqual([]);
  },
  notLinked: (ran) => {
    if (goesOn(ran)) return expectComplete(ran);
    expectFailed(ran, 'open');
    expect(ran.streams.map(({ state }) => state)).toEqual(['ended']);
    expect((ran.error as Error).message).toContain(ran.streams[0]?.id);
  },
  notEnded: (ran) => {
    expectFailed(ran, 'end');
    expect(reportOf(ran)).toMatchObject({ delivered: ran.frames.length, ended: ran.isLeft });
    expect(ran.isLeft).toBe(ran.isOnDisk);
  },
};

/** Once something is durable, a refused opening does not end the session: at once, or for the next platform on its spool. */
const goesOn = ({ error, isLeft, isOnDisk }: Ran): boolean => isOnDisk && (error === undefined || isLeft);

const expectComplete = (ran: Ran): void => {
  expect(reportOf(ran)).toMatchObject({ delivered: ran.frames.length, ended: true, outcome: 'complete' });
};

const statusOf = ({ fault }: Case): number | undefined => ('status' in fault ? fault.status : undefined);

const expectFailed = ({ error, one }: Ran, phase: 'open' | 'end'): void => {
  expect(error).toBeInstanceOf(SessionFailedError);
  expect(error).toMatchObject({ context: { phase, problem: { status: statusOf(one) } } });
};

/** What is delivered leaves the disk; a dead letter stays there for its user. */
const expectSpoolEmpty = (ran: Ran): void => {
  expect(ran.spooled).toHaveLength(ran.isOnDisk ? Math.min(1, reportOf(ran).deadLetters.length) : 0);
};

const check = async (one: Case, spool: string | undefined): Promise<void> => {
  const name = `${one.name} ${spool === undefined ? 'in memory' : 'on disk'} (EPISTREAM_SEED=${seed})`;
  try {
    const ran = await run(one, { record, elsewhere, spool });
    expect(ran.faulted).toBeGreaterThan(0);
    expectConserved(ran);
    expectAsExpected[expectationOf(one)](ran);
    expectSpoolEmpty(ran);
  } catch (error) {
    throw Object.assign(error as Error, { message: `${name}: ${(error as Error).message}` });
  }
};

const suite = (title: string, faults: readonly NamedFault[]): void =>
  describe(title, () => {
    it.each(faults)(
      '$name, in every phase',
      async (fault) => {
        const cases = phasesOf(fault).flatMap((phase) =>
          Array.from({ length: repetitions }, (_, repetition) => caseOf(seed, fault, phase, repetition)),
        );
        const broken = await lastValueFrom(
          from(cases).pipe(
            mergeMap(
              (one, i) =>
                check(one, i % 2 === 0 ? undefined : join(spools, randomUUID())).then(
                  () => [],
                  (error: Error) => [error],
                ),
              SIDE_BY_SIDE,
            ),
            mergeMap((errors) => errors),
            toArray(),
          ),
        );
        if (broken.length > 0) throw new AggregateError(broken, broken.map(({ message }) => message).join('\n\n'));
        expect(record.violations).toEqual([]);
        expect(visitors).toEqual([]);
      },
      120_000,
    );
  });

describe('A session', () => {
  suite('when a connection breaks: the platform', brokenConnections);
  suite('when a reply is spoilt: the platform', spoiltReplies);
  suite('when the platform cannot now: it answers', passingAnswers);
  suite('when the platform refuses: it answers', refusals);
});
