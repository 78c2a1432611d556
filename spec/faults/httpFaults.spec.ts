import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { memoryJournals } from '../../src/journal/memoryJournals.js';
import { IncompleteSessionError, SessionFailedError } from '../../src/model/errors.js';
import { type Case, caseOf, type NamedFault } from './httpCase.js';
import { expectConserved, reportOf } from './httpConservation.js';
import { type Expectation, expectationOf } from './httpExpectation.js';
import { brokenConnections, passingAnswers, phasesOf, refusals, spoiltReplies } from './httpFaults.js';
import { runSeed, runsAll, tellSeed } from './httpRandom.js';
import { type HttpRecord, startHttpRecord } from './httpRecord.js';
import { type Ran, run } from './httpSession.js';

const seed = runSeed();
const repetitions = runsAll() ? 60 : 6;
const SIDE_BY_SIDE = 24;

let record: HttpRecord;
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
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
  elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await record.close();
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});

const expectAsExpected: Readonly<Record<Expectation, (ran: Ran) => void>> = {
  delivered: (ran) => {
    expect(ran.error).toBeUndefined();
    const report = reportOf(ran);
    expect(report).toMatchObject({ delivered: ran.frames.length, ended: true, outcome: 'complete' });
    expect(report.streams).toHaveLength(1);
  },
  deadLetter: (ran) => {
    expect(ran.error).toBeInstanceOf(IncompleteSessionError);
    const { deadLetters, rejected, lost, ended } = reportOf(ran);
    expect(deadLetters.map(({ problem }) => problem.status)).toEqual([statusOf(ran.one)]);
    expect({ rejected, lost, ended }).toEqual({ rejected: deadLetters[0]?.chunk.items, lost: 0, ended: true });
  },
  continued: (ran) => {
    expect(ran.error).toBeUndefined();
    const report = reportOf(ran);
    expect(report).toMatchObject({ delivered: ran.frames.length, ended: true });
    expect(report.streams).toHaveLength(2);
    expect(ran.streams.find(({ id }) => id === report.streams[1])?.state).toBe('ended');
  },
  notOpened: (ran) => {
    expectFailed(ran, 'open');
    expect(reportOf(ran)).toMatchObject({ delivered: 0, lost: ran.frames.length, streams: [] });
    expect(ran.streams).toEqual([]);
  },
  notLinked: (ran) => {
    expectFailed(ran, 'open');
    expect(ran.streams.map(({ state }) => state)).toEqual(['ended']);
    expect((ran.error as Error).message).toContain(ran.streams[0]?.id);
  },
  notEnded: (ran) => {
    expectFailed(ran, 'end');
    expect(reportOf(ran)).toMatchObject({ delivered: ran.frames.length, ended: false });
  },
};

const statusOf = ({ fault }: Case): number | undefined => ('status' in fault ? fault.status : undefined);

const expectFailed = ({ error, one }: Ran, phase: 'open' | 'end'): void => {
  expect(error).toBeInstanceOf(SessionFailedError);
  expect(error).toMatchObject({ context: { phase, problem: { status: statusOf(one) } } });
};

const check = async (one: Case): Promise<void> => {
  const ran = await run(one, { record, elsewhere, journals: memoryJournals(hostClock) });
  try {
    expect(ran.faulted).toBeGreaterThan(0);
    expectConserved(ran);
    expectAsExpected[expectationOf(one)](ran);
  } catch (error) {
    throw Object.assign(error as Error, {
      message: `${one.name} (EPISTREAM_SEED=${seed}): ${(error as Error).message}`,
    });
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
              (one) =>
                check(one).then(
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
