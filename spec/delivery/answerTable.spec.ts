import { describe, expect, it } from '@jest/globals';
import { timer } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { memoryJournals } from '../../src/journal/memoryJournals.js';
import type { IngestError } from '../../src/model/errors.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { foundJournal } from './foundJournal.js';
import { session } from './lifeOf.js';

interface Script extends FakePlatformOptions {
  readonly source?: string;
  readonly options?: object;
  readonly closeAt?: number;
}

/** A session, and what is told of it and of its platform. */
const run = ({ source = 'abc|', options = {}, closeAt, ...script }: Script) => {
  const told: SessionEvent[] = [];
  let error: { readonly _tag: string } | undefined;
  const platform = fakePlatform({ ...script, retry: { baseMs: 4, ...script.retry } });
  marbles(({ hot, flush }) => {
    platform.events$.subscribe((event) => told.push(event));
    session(platform, hot(source), options).subscribe({ error: (e: typeof error) => (error = e) });
    if (closeAt !== undefined) timer(closeAt).subscribe(() => void platform.close({ deadlineMs: 10 }));
    flush();
  });
  const count = (type: SessionEvent['type']) => told.filter((event) => event.type === type).length;
  return { told, count, error, platform, last: told.at(-1) };
};

const kinds = [
  ['in memory', () => memoryJournals(hostClock), false],
  ['on disk', () => durableJournals(), true],
] as const;

describe.each(kinds)('a session %s', (_, journals, isDurable) => {
  const network = ingestFailure('send', 'network');
  const passing: [string, IngestError][] = [
    ['a network failure', network],
    ['a reply that does not decode', ingestFailure('presign', 'reply')],
    ...[408, 425, 429, 500, 502, 503, 504].map((status): [string, IngestError] => [
      `${status}`,
      ingestFailure('presign', status),
    ]),
    ['400 of the storage, which may mean a stale URL', ingestFailure('put', 400, { from: 'storage' })],
    ['403 of the storage', ingestFailure('put', 403, { from: 'storage' })],
    ['404 of the storage', ingestFailure('put', 404, { from: 'storage' })],
  ];

  it.each(passing)('sends a chunk again after %s', (__, fail) => {
    const { last, count, platform } = run({
      journals: journals(),
      replies: { send: [{ fail }, { fail }, { fail }, {}] },
    });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3, rejected: 0, lost: 0 } });
    expect(count('retrying')).toBe(3);
    expect(platform.budget.used).toBe(0);
  });

  it.each(['resolve', 'create', 'link', 'end'] as const)('calls %s again after any of these', (step) => {
    for (const fail of [
      ingestFailure(step, 'network', { reached: false }),
      ingestFailure(step, 'reply'),
      ingestFailure(step, 503),
    ]) {
      const replies = { [step]: [{ fail }, { fail }, {}] };
      const { last, told } = run({ journals: journals(), replies, options: { tags: ['new'] } });
      expect(last).toMatchObject({ type: 'closed', report: { delivered: 3, linksRefused: [] } });
      expect(told.filter((event) => event.type === 'retrying').map((event) => event.step)).toEqual([step, step]);
    }
  });

  it('waits half a second at first, half a minute at most, and what a Retry-After says below ten minutes', () => {
    const asked = { fail: ingestFailure('send', 429, { retryAfterMs: 1e9 }) };
    const fail = { fail: network };
    const send = [...Array<typeof fail>(9).fill(fail), asked, {}];
    const { told } = run({ journals: journals(), source: 'a|', replies: { send }, retry: { baseMs: 500 } });
    const waits = told.flatMap((event) => (event.type === 'retrying' ? event.inMs : []));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 630000]);
  });

  it.each([400, 413, 422])('makes a dead letter of a chunk that is answered %i, and sends the others', (status) => {
    const send = [{}, { fail: ingestFailure('presign', status) }, {}];
    const { last, error, platform, told } = run({ journals: journals(), replies: { send } });
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'rejected', chunk: { index: 1, revision: 0, items: 1 } }),
    );
    expect(last).toMatchObject({
      type: 'closed',
      report: { delivered: 2, rejected: 1, kept: 0, deadLetters: [{ chunk: { index: 1 }, problem: { status } }] },
    });
    expect(error?._tag).toBe('IncompleteSessionError');
    expect(platform.budget.used).toBe(0);
  });

  it('makes a dead letter of a chunk that is too large for the storage', () => {
    const send = [{ fail: ingestFailure('put', 413, { from: 'storage' }) }, {}];
    expect(run({ journals: journals(), replies: { send } }).last).toMatchObject({
      report: { delivered: 2, rejected: 1 },
    });
  });

  it.each([404, 409, 410])('goes on in one other stream after %i, with indexes of its own', (status) => {
    const send = [{}, { fail: ingestFailure('presign', status) }, {}];
    const { last, platform } = run({ journals: journals(), source: 'a-b-c|', replies: { send } });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3, streams: ['stream-1', 'stream-2'] } });
    expect(platform.received.map(({ dataId, chunk }) => `${dataId} ${chunk.index}`)).toEqual([
      'stream-1 0',
      'stream-2 0',
      'stream-2 1',
    ]);
  });

  it('opens no third stream before the second has received a chunk', () => {
    const gone = { fail: ingestFailure('presign', 410) };
    const { last, platform } = run({ journals: journals(), source: 'a|', replies: { send: gone } });
    expect(platform.calls.filter((call) => call === 'create')).toHaveLength(2);
    expect(last).toMatchObject({ type: 'gaveUp', phase: 'deliver', report: isDurable ? { kept: 1 } : { lost: 1 } });
    const thrice = [{}, gone, {}, gone, {}];
    const { last: closed } = run({ journals: journals(), source: 'a--b--c|', replies: { send: thrice } });
    expect(closed).toMatchObject({ report: { delivered: 3, streams: ['stream-1', 'stream-2', 'stream-3'] } });
  });

  it('goes on in no other stream when that was asked of it', () => {
    const send = [{}, { fail: ingestFailure('presign', 410) }];
    const { last } = run({ journals: journals(), replies: { send }, options: { onClosed: 'keep' }, source: 'a--b|' });
    expect(last).toMatchObject({
      type: 'gaveUp',
      report: { streams: ['stream-1'], delivered: 1, ...(isDurable ? { kept: 1, lost: 0 } : { kept: 0, lost: 1 }) },
    });
  });

  it.each([401, 403])('pauses after %i with a key that has worked, and goes on as it does again', (status) => {
    const fail = { fail: ingestFailure('presign', status) };
    const { last, count } = run({ journals: journals(), replies: { send: [{}, fail, fail, {}] } });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3 } });
    expect([count('paused'), count('resumed')]).toEqual([1, 1]);
  });

  it('takes a stream that was closed before its end for ended', () => {
    const { last } = run({ journals: journals(), replies: { end: { fail: ingestFailure('end', 410) } } });
    expect(last).toMatchObject({ type: 'closed', report: { ended: true } });
  });

  it('cannot be ended when the platform refuses that', () => {
    const { last, error } = run({ journals: journals(), replies: { end: { fail: ingestFailure('end', 422) } } });
    expect(last).toMatchObject({ type: 'gaveUp', phase: 'end', report: { delivered: 3 } });
    expect(error?._tag).toBe('SessionFailedError');
  });

  it(`gives up at the deadline of its platform, and ${isDurable ? 'keeps' : 'loses'} what is left`, () => {
    const { last, platform } = run({ journals: journals(), replies: { send: [{}, { fail: network }] }, closeAt: 5 });
    expect(last).toMatchObject({
      type: 'gaveUp',
      report: isDurable ? { delivered: 1, kept: 2, lost: 0 } : { delivered: 1, kept: 0, lost: 2 },
    });
    expect(platform.budget.used).toBe(0);
  });

  it(`opens late: ${isDurable ? 'whenever the platform is there' : 'not after a minute'}`, () => {
    const create = [{ afterMs: 100_000, fail: ingestFailure('create', 503) }, {}];
    expect(run({ journals: journals(), replies: { create } }).last).toMatchObject(
      isDurable ? { type: 'closed', report: { delivered: 3 } } : { type: 'gaveUp', phase: 'open', report: { lost: 3 } },
    );
  });
});

describe('a constant key that has never worked', () => {
  const refused = (status: number) => ({ fail: ingestFailure('create', status), afterMs: 1 });

  it.each([401, 403])('and is answered %i is an error while nothing is durable', (status) => {
    for (const journals of [memoryJournals(hostClock), durableJournals({ keepMs: [9] })]) {
      const { last, count } = run({ journals, source: 'a---', replies: { create: [refused(status), {}] } });
      expect(last).toMatchObject({ type: 'gaveUp', phase: 'open', problem: { status }, report: { lost: 1 } });
      expect(count('paused')).toBe(0);
    }
  });

  it.each([401, 403])('and is answered %i is waited for once something is', (status) => {
    const replies = { create: [refused(status), refused(status), {}] };
    const { last, told } = run({ journals: durableJournals(), source: 'a 99ms |', replies });
    expect(told.filter(({ type }) => type === 'paused' || type === 'resumed').map(({ type }) => type)).toEqual([
      'paused',
      'resumed',
    ]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 1 } });
  });

  it('is waited for no longer than its source goes on, and what it has brought stays', () => {
    const replies = { create: refused(401) };
    const { last } = run({ journals: durableJournals(), source: 'a 99ms |', replies });
    expect(last).toMatchObject({ type: 'gaveUp', at: 100, problem: { status: 401 }, report: { kept: 1, lost: 0 } });
  });

  it('ends no pause when it is refused to a session that has nothing to lose', () => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({
        journals: durableJournals(),
        replies: { create: refused(401) },
        retry: { baseMs: 500 },
      });
      const told: string[] = [];
      platform.events$.subscribe(
        (event) => ['paused', 'resumed', 'gaveUp'].includes(event.type) && told.push(`${event.session} ${event.type}`),
      );
      session(platform, hot('a')).subscribe({ error: () => {} });
      session(platform, hot('---b'), { fps: 1, chunkSize: 2 }).subscribe({ error: () => {} });
      timer(20).subscribe(() => void platform.close({ deadlineMs: 0 }));
      flush();
      expect(told.slice(0, 3)).toEqual(['session-1 paused', 'session-2 paused', 'session-2 gaveUp']);
      expect(told).not.toContain('session-1 resumed');
    });
  });
});

describe('a chunk that is sent again on demand', () => {
  it('is no dead letter any more, and may become one again', () => {
    const left = () =>
      foundJournal({
        accepted: 3,
        delivered: [0, 1],
        retried: [2],
        ending: 'complete',
        stream: {},
        recovered: { mayContinue: true },
      });
    for (const [send, report] of [
      [{}, { delivered: 3, rejected: 0, deadLetters: [] }],
      [{ fail: ingestFailure('presign', 422) }, { delivered: 2, rejected: 1, deadLetters: [{ chunk: { index: 2 } }] }],
    ] as const) {
      marbles(({ cold, flush }) => {
        const platform = fakePlatform({ journals: durableJournals({}, cold('j', { j: left() })), replies: { send } });
        let last: SessionEvent | undefined;
        platform.events$.subscribe((event) => (last = event));
        flush();
        expect(last).toMatchObject({ type: 'closed', report });
      });
    }
  });
});
