import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, Subject } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import {
  BudgetError,
  IncompleteSessionError,
  InputError,
  PlatformClosedError,
  SessionFailedError,
} from '../../src/model/errors.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { PointBlock } from '../../src/streamers/pointBlock.js';
import { TimeseriesStreamer } from '../../src/streamers/timeseriesStreamer.js';
import { type FakePlatform, type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { largestDifference, named, phases, recorded, timestampsApart } from '../ingest/asRecorded.js';
import { readRecording, startWireServer } from '../ingest/wireServer.js';

const opening = ['resolve', 'create', 'link'];
/** Two points from a second of 2023 on. */
const two = (second: number, value = 0, units?: string): PointBlock => ({
  timestamps: [1_700_000_000 + second, 1_700_000_000.5 + second],
  values: [value, value + 0.5],
  ...(units === undefined ? {} : { units }),
});

const platforms: FakePlatform[] = [];
afterEach(() => Promise.all(platforms.splice(0).map((platform) => platform.close({ deadlineMs: 1 }))));

const stream = (options: FakePlatformOptions = {}, pointsPerChunk = 2) => {
  const platform = fakePlatform({ retry: { maxRetries: 0 }, ...options });
  platforms.push(platform);
  return { platform, streamer: new TimeseriesStreamer({ platform, pointsPerChunk }) };
};

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

const receivedBy = ({ receivedPoints }: FakePlatform) =>
  receivedPoints.map(({ chunk, channels }) => [
    chunk.index,
    ...channels.map(({ channel, values }) => `${channel} ${values.join(' ')}`),
  ]);

describe('a session of the streamer', () => {
  it("says what the recorded client said, in the order of that client's calls", async () => {
    const recording = readRecording('timeseries').slice(0, -2);
    const server = await startWireServer(recording);
    try {
      const apiKey = 'the-api-key-0123456789';
      const connection = { apiKey, endpoint: server.url, spool: false, referenceClock: false } as const;
      await using streamer = new TimeseriesStreamer({ ...connection, pointsPerChunk: 4 });
      const session = await streamer.initialize({
        streamName: 'MBE growth',
        synthSourceId: 42,
        physicalSample: 'New wafer',
        projectId: '44444444-4444-4444-8444-444444444444',
        tags: ['growth'],
      });
      const timestamps = [0, 0.25, 0.5, 0.75].map((later) => 1_700_000_000 + later);
      const values = [25, 25.1, Number.NaN, Number.POSITIVE_INFINITY];
      streamer.push(session, 0, 'temperature', { timestamps, values, units: 'C' });
      streamer.push(session, 0, 'flux', { timestamps: [1, 2], values: [3, 4], units: 'nA' });
      streamer.push(session, 1, 'flux', { timestamps: [3], values: [5], units: 'nA' });
      streamer.pushMulti(session, 1, {
        pressure: { timestamps: [1], values: [1e-9] },
        // The recorded client took times that went back; ours are later.
        temperature: { timestamps: [1_700_000_001, 1_700_000_002], values: [1, 2], units: 'C' },
        empty: { timestamps: [], values: [] },
      });
      expect(await streamer.finalize(session)).toMatchObject({ ended: true, kept: 0, rejected: 0 });

      const [ours, theirs] = [named(server.received, recording, apiKey), recorded(recording)].map(timestampsApart);
      expect(ours?.rest).toEqual(theirs?.rest);
      expect(phases(server.received)).toEqual(phases(recording));
      const given = theirs!.timestamps.map((seconds) => seconds + 0.0511474609375e-3);
      const inOrder = given.map((seconds, i) => (i >= given.length - 2 ? seconds + 1_700_000_000 : seconds));
      expect(largestDifference(ours!.timestamps, inOrder)).toBeLessThan(1e-6);
    } finally {
      await server.close();
    }
  });

  it('may be nameless, without links', async () => {
    const recording = readRecording('timeseries').slice(-2);
    const server = await startWireServer(recording);
    try {
      const apiKey = 'the-api-key-0123456789';
      const connection = { apiKey, endpoint: server.url, spool: false, referenceClock: false } as const;
      await using streamer = new TimeseriesStreamer({ ...connection, pointsPerChunk: 4 });
      await streamer.finalize(await streamer.initialize());
      expect(named(server.received, recording, apiKey)).toEqual(recorded(recording));
    } finally {
      await server.close();
    }
  });

  it('holds 100 points a chunk unless told otherwise', async () => {
    const { platform } = stream();
    const streamer = new TimeseriesStreamer({ platform });
    const session = await streamer.initialize();
    const points = (count: number): PointBlock => ({
      timestamps: Array.from({ length: count }, (_, i) => i),
      values: Array.from({ length: count }, (_, i) => i),
    });
    expect(thrownBy(() => streamer.push(session, 0, 'a', points(101)))).toBeInstanceOf(InputError);
    streamer.push(session, 0, 'a', points(100));
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 100 });
  });

  it.each([0, 1.5, Number.NaN, 2 ** 21])('cannot have %d points a chunk', (pointsPerChunk) => {
    const error = thrownBy(() => new TimeseriesStreamer({ platform: fakePlatform(), pointsPerChunk }));
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'pointsPerChunk' } });
  });

  it('is refused when an option breaks a rule, before anything is asked', async () => {
    const { streamer, platform } = stream();
    const error = await failureOf(streamer.initialize({ synthSourceId: 1.5 }));
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'synthSourceId', value: 1.5 } });
    expect(platform.calls).toEqual([]);
  });

  it('is not opened when the platform refuses it', async () => {
    const { streamer } = stream({ replies: { create: { fail: ingestFailure('create', 422) } } });
    const error = await failureOf(streamer.initialize());
    expect(error).toBeInstanceOf(SessionFailedError);
    expect(error).toMatchObject({ context: { phase: 'open', problem: { status: 422 } } });
  });
});

describe('push', () => {
  it('takes chunks of channels, each counted from 0, and returns at once', async () => {
    const send$ = new Subject<void>();
    const { streamer, platform } = stream({ inFlight: 4, replies: { send: send$ } });
    const session = await streamer.initialize();
    expect(streamer.push(session, 0, 'temperature', two(0, 25, 'C'))).toBeUndefined();
    streamer.push(session, 0, 'flux', two(0, 3));
    streamer.push(session, 1, 'temperature', { timestamps: [1_700_000_001], values: [26] });
    expect(platform.calls).toEqual([...opening, 'send temperature/0', 'send flux/0', 'send temperature/1']);
    send$.complete();
    expect(await streamer.finalize(session)).toMatchObject({ offered: 5, delivered: 5, outcome: 'complete' });
    expect(receivedBy(platform)).toEqual([
      [0, 'temperature 25 25.5'],
      [0, 'flux 3 3.5'],
      [1, 'temperature 26'],
    ]);
  });

  it.each([[-1], [0], [2], [1.5], ['1' as never], [undefined as never]])(
    "refuses %j for a channel's next index, and takes the right one after",
    async (chunkIndex) => {
      const { streamer, platform } = stream();
      const session = await streamer.initialize();
      streamer.push(session, 0, 'flux', two(0));
      const error = thrownBy(() => streamer.push(session, chunkIndex, 'flux', two(1)));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({
        context: { field: 'chunkIndex', value: chunkIndex, rule: 'must be the next index of flux, 1' },
      });
      streamer.push(session, 1, 'flux', two(1, 7));
      expect(receivedBy(platform)).toEqual([
        [0, 'flux 0 0.5'],
        [1, 'flux 7 7.5'],
      ]);
    },
  );

  const [s0, s1, s2] = [1_700_000_010, 1_700_000_011, 1_700_000_012];
  it.each<readonly [string, string, unknown]>([
    ['as many values as times', 'flux', { timestamps: [s0, s1], values: [1] }],
    ['as many times as values', 'flux', { timestamps: [s0], values: [1, 2] }],
    ['at least one point', 'flux', { timestamps: [], values: [] }],
    ['no more than pointsPerChunk', 'flux', { timestamps: [s0, s1, s2], values: [1, 2, 3] }],
    ['times in order', 'flux', { timestamps: [s1, s0], values: [1, 2] }],
    ['times that differ', 'flux', { timestamps: [s0, s0], values: [1, 2] }],
    ['times after the last chunk', 'flux', two(0)],
    ['times that are numbers', 'flux', { timestamps: [Number.NaN, s1], values: [1, 2] }],
    ['seconds, not milliseconds', 'flux', { timestamps: [s0 * 1000, s1 * 1000], values: [1, 2] }],
    ['times since 1970', 'flux', { timestamps: [-2, -1], values: [1, 2] }],
    ['values that are numbers', 'flux', { timestamps: [s0, s1], values: ['1', '2'] }],
    ['the units of before', 'flux', two(10, 0, 'A')],
    ['a name', ' ', two(10)],
    ['arrays', 'flux', { timestamps: s0, values: 1 }],
  ])('wants %s, and takes nothing of a chunk that has not', async (_, channel, wrong) => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0, 1, 'nA'));
    const index = channel === 'flux' ? 1 : 0;
    expect(thrownBy(() => streamer.push(session, index, channel, wrong as PointBlock))).toBeInstanceOf(InputError);
    streamer.push(session, 1, 'flux', two(10, 2, 'nA'));
    expect(await streamer.finalize(session)).toMatchObject({ offered: 4, delivered: 4 });
    expect(receivedBy(platform)).toEqual([
      [0, 'flux 1 1.5'],
      [1, 'flux 2 2.5'],
    ]);
  });

  it('refuses a chunk while memory is used up, and takes it again when there is room', async () => {
    const send$ = new Subject<void>();
    const { streamer } = stream({ budget: new Budget(1), replies: { send: [send$, {}] } });
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0));
    const error = thrownBy(() => streamer.push(session, 1, 'flux', two(1)));
    expect(error).toBeInstanceOf(BudgetError);
    expect(thrownBy(() => streamer.pushMulti(session, 1, { flux: two(1) }))).toBeInstanceOf(BudgetError);
    send$.complete();
    streamer.push(session, 1, 'flux', two(1));
    expect(await streamer.finalize(session)).toMatchObject({ offered: 4, delivered: 4 });
  });

  it('knows its sessions apart, and no other', async () => {
    const { streamer, platform } = stream();
    const [one, other] = [await streamer.initialize(), await streamer.initialize()];
    streamer.push(one, 0, 'flux', two(0));
    streamer.push(other, 0, 'flux', two(0));
    expect(platform.receivedPoints.map(({ dataId }) => dataId)).toEqual(['stream-1', 'stream-2']);
    const error = thrownBy(() => streamer.push('stream-1' as SessionId, 0, 'flux', two(0)));
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'session', value: 'stream-1' } });
  });
});

describe('pushMulti', () => {
  it('sends several channels under one index, without those that have no points', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0, 1));
    const empty = { timestamps: [], values: [] };
    streamer.pushMulti(session, 1, { flux: two(1, 2), pressure: two(1, 3, 'mbar'), empty });
    streamer.push(session, 2, 'pressure', two(2, 4));
    await streamer.finalize(session);
    expect(platform.calls.slice(3)).toEqual(['send flux/0', 'send 1', 'send pressure/2', 'end']);
    expect(receivedBy(platform)).toEqual([
      [0, 'flux 1 1.5'],
      [1, 'flux 2 2.5', 'pressure 3 3.5'],
      [2, 'pressure 4 4.5'],
    ]);
  });

  it.each<readonly [string, number, Record<string, PointBlock>]>([
    ['an index that one of its channels has had', 0, { pressure: two(5), flux: two(5) }],
    ['an index that is none', 1.5, { pressure: two(5) }],
    ['no channels', 1, {}],
    ['channels of which none has points', 1, { pressure: { timestamps: [], values: [] } }],
    ['lengths that differ in the second channel', 1, { pressure: two(5), flux: { timestamps: [9e8], values: [] } }],
    ['milliseconds in the second channel', 1, { pressure: two(5), flux: { timestamps: [17e11], values: [1] } }],
    ['a channel without a name', 1, { pressure: two(5), '': two(5) }],
  ])('refuses %s, and takes nothing of it', async (_, index, channels) => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0, 1));
    expect(thrownBy(() => streamer.pushMulti(session, index, channels))).toBeInstanceOf(InputError);
    streamer.pushMulti(session, 1, { pressure: two(5, 2), flux: two(5, 3) });
    await streamer.finalize(session);
    expect(receivedBy(platform)).toEqual([
      [0, 'flux 1 1.5'],
      [1, 'pressure 2 2.5', 'flux 3 3.5'],
    ]);
  });
});

describe('run', () => {
  const block = (second: number, value: number) => {
    const { timestamps, values } = two(second, value);
    return [timestamps, values] as const;
  };

  it('sends the blocks of an iterable as the next chunks of a channel', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0, 1));
    expect(await streamer.run(session, 'flux', [block(1, 2), block(2, 3)], 'nA')).toBeUndefined();
    streamer.push(session, 3, 'flux', two(3, 4));
    expect(receivedBy(platform)).toEqual([1, 2, 3, 4].map((value, i) => [i, `flux ${value} ${value + 0.5}`]));
    expect(platform.receivedPoints.map(({ channels }) => channels[0]?.units)).toEqual([undefined, 'nA', 'nA', 'nA']);
  });

  it('pulls the next block when there is room for it', async () => {
    const send$ = new Subject<void>();
    const budget = new Budget(1000, 1);
    const { streamer } = stream({ budget, replies: { send: [send$, {}] } });
    const session = await streamer.initialize();
    let pulled = 0;
    async function* blocks() {
      while (pulled < 3) yield block(++pulled, 0);
    }
    const running = streamer.run(session, 'flux', blocks());
    await firstValueFrom(streamer.events$.pipe(filter(({ type }) => type === 'accepted')));
    for (let i = 0; i < 50; i++) await turn();
    expect([pulled, budget.waiting]).toEqual([1, 1]);
    send$.complete();
    await running;
    expect([pulled, budget.used]).toEqual([3, 0]);
  });

  it('resolves when the fate of every chunk is known, whatever it is', async () => {
    const { streamer } = stream({ replies: { send: [{ fail: ingestFailure('send', 422) }, {}] } });
    const session = await streamer.initialize();
    expect(await streamer.run(session, 'flux', [block(0, 1), block(1, 2)])).toBeUndefined();
    const error = await failureOf(streamer.finalize(session));
    expect(error).toBeInstanceOf(IncompleteSessionError);
    expect(error).toMatchObject({ context: { report: { offered: 4, delivered: 2, rejected: 2 } } });
  });

  it('does not resolve before', async () => {
    const send$ = new Subject<void>();
    const { streamer } = stream({ replies: { send: send$ } });
    const session = await streamer.initialize();
    let isOver = false;
    const running = streamer.run(session, 'flux', [block(0, 1)]).then(() => {
      isOver = true;
    });
    for (let i = 0; i < 50; i++) await turn();
    expect(isOver).toBe(false);
    send$.complete();
    await running;
  });

  it('rejects a block that breaks a rule, and closes the iterable', async () => {
    const { streamer } = stream();
    const session = await streamer.initialize();
    let isClosed = false;
    async function* blocks() {
      try {
        yield block(0, 1);
        yield block(0, 1);
      } finally {
        isClosed = true;
      }
    }
    expect(await failureOf(streamer.run(session, 'flux', blocks()))).toBeInstanceOf(InputError);
    await turn();
    expect(isClosed).toBe(true);
    expect(await streamer.finalize(session)).toMatchObject({ offered: 2, delivered: 2 });
  });

  it('rejects as the iterable fails; what came before is delivered', async () => {
    const { streamer } = stream();
    const session = await streamer.initialize();
    const unplugged = new Error('gauge unplugged');
    async function* blocks() {
      yield block(0, 1);
      throw unplugged;
    }
    expect(await failureOf(streamer.run(session, 'flux', blocks()))).toBe(unplugged);
    expect(await streamer.finalize(session)).toMatchObject({ offered: 2, delivered: 2 });
  });
});

describe('the end', () => {
  it('comes after the last reply', async () => {
    const send$ = new Subject<void>();
    const { streamer, platform } = stream({ replies: { send: send$ } });
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0));
    const error = await failureOf(streamer.finalize(session, { drainTimeoutMs: 1 }));
    expect(error).toMatchObject({ context: { report: { offered: 2, kept: 2, ended: false } } });
    expect(platform.calls.at(-1)).toBe('send flux/0');
    send$.complete();
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 2, ended: true });
    expect(platform.calls.at(-1)).toBe('end');
    expect(thrownBy(() => streamer.push(session, 1, 'flux', two(1)))).toBeInstanceOf(InputError);
  });

  it('of what is open comes when the streamer is disposed of', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize();
    streamer.push(session, 0, 'flux', two(0));
    await streamer[Symbol.asyncDispose]();
    expect(platform.calls).toEqual([...opening, 'send flux/0', 'end']);
    expect(await failureOf(streamer.initialize())).toBeInstanceOf(PlatformClosedError);
  });
});
