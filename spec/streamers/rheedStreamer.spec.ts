import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { filter, firstValueFrom, NEVER, Subject } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import {
  BudgetError,
  IncompleteSessionError,
  InputError,
  PlatformClosedError,
  SessionFailedError,
} from '../../src/model/errors.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { Verbosity } from '../../src/model/verbosity.js';
import type { FrameBlock } from '../../src/streamers/frameBlock.js';
import { RHEEDStreamer } from '../../src/streamers/rheedStreamer.js';
import { type FakePlatform, type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { startFaultServer } from '../../src/testing/faultServer.js';
import { frames } from '../../src/testing/frames.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { fastClock } from './fastClock.js';

const asked = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'Growth run 42' };
const opening = ['resolve', 'create', 'link'];

/** A block [count, 3, 4] of one grey. */
const block = (count: number, gray = 0): FrameBlock => ({
  data: new Uint8Array(12 * count).fill(gray),
  shape: [count, 3, 4],
});

const platforms: FakePlatform[] = [];
afterEach(() => Promise.all(platforms.splice(0).map((platform) => platform.close({ deadlineMs: 1 }))));

const stream = (options: FakePlatformOptions = {}, verbosity: Verbosity = 0) => {
  const platform = fakePlatform({ retry: { maxRetries: 0 }, ...options });
  platforms.push(platform);
  return { platform, streamer: new RHEEDStreamer({ platform, verbosity }) };
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

const shapesOf = ({ received }: FakePlatform) =>
  received.map(({ chunk, frames }) => [chunk.index, frames.map(([gray]) => gray)]);

describe('initialize', () => {
  it('resolves while the platform is away, when the run is kept on disk; the stream is created later', async () => {
    const [server, spool] = [await startFaultServer(), await mkdtemp(join(tmpdir(), 'spool-'))];
    try {
      server.script('create', [{ type: 'refuse', forMs: 200 }]);
      const retry = { baseMs: 200, capMs: 200 };
      const connection = { apiKey: 'k', endpoint: server.url, retry, spool: { dir: spool } };
      await using streamer = new RHEEDStreamer(connection);
      const told: string[] = [];
      streamer.events$.subscribe(({ type }) => told.push(type));
      const session = await streamer.initialize(asked);
      expect(told).not.toContain('opened');
      streamer.push(session, 0, block(2));
      expect(await streamer.finalize(session)).toMatchObject({ ended: true, delivered: 2, offered: 2 });
    } finally {
      await server.close();
      await rm(spool, { recursive: true, force: true });
    }
  });

  it('resolves with the id of a session whose stream is created and linked', async () => {
    const link$ = new Subject<void>();
    const { streamer, platform } = stream({ replies: { link: link$ } });
    let id: SessionId | undefined;
    const initialized = streamer.initialize(asked).then((session) => (id = session));
    await turn();
    expect([platform.calls, id]).toEqual([opening, undefined]);
    link$.complete();
    await initialized;
    expect(await streamer.finalize(await initialized)).toMatchObject({ session: id, streams: ['stream-1'] });
  });

  it('rejects options that break a rule', async () => {
    const { streamer, platform } = stream();
    const error = await failureOf(streamer.initialize({ ...asked, chunkSize: 1 }));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ context: { field: 'chunkSize' } });
    expect(platform.calls).toEqual([]);
  });

  it.each([
    ['create', 422],
    ['resolve', 404],
    ['link', 400],
  ] as const)('rejects when the platform refuses to %s', async (step, status) => {
    const { streamer } = stream({ replies: { [step]: { fail: ingestFailure(step, status) } } });
    const error = await failureOf(streamer.initialize(asked));
    expect(error).toBeInstanceOf(SessionFailedError);
    expect(error).toMatchObject({ context: { phase: 'open', problem: { status }, report: { ended: false } } });
  });

  it('rejects when the stream is not opened in time', async () => {
    const { streamer } = stream({ replies: { create: NEVER }, openTimeoutMs: 1 });
    expect(await failureOf(streamer.initialize(asked))).toBeInstanceOf(SessionFailedError);
  });

  it('rejects after the platform was closed', async () => {
    const { streamer, platform } = stream();
    await platform.close();
    expect(await failureOf(streamer.initialize(asked))).toBeInstanceOf(PlatformClosedError);
  });
});

describe('push', () => {
  it('takes [N, H, W], [H, W] and frames, and copies them', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize(asked);
    const camera = block(2, 1) as { data: Uint8Array; shape: [number, number, number] };
    streamer.push(session, 0, camera);
    camera.data.fill(99);
    streamer.push(session, 1, { data: new Uint8Array(12).fill(2), shape: [3, 4] });
    streamer.push(session, 2, frames(2));
    expect(shapesOf(platform)).toEqual([
      [0, [1, 1]],
      [1, [2]],
      [2, [0, 1]],
    ]);
  });

  it('returns at once, and leaves the sending to the background', async () => {
    const send$ = new Subject<void>();
    const { streamer, platform } = stream({ replies: { send: send$ } });
    const session = await streamer.initialize(asked);
    expect(streamer.push(session, 0, block(2))).toBeUndefined();
    expect([platform.calls.at(-1), platform.received]).toEqual(['send 0', []]);
    send$.complete();
    expect(await streamer.finalize(session)).toMatchObject({ delivered: 2 });
  });

  it.each([[-1], [0], [2], [1.5], ['1' as never], [undefined as never]])(
    'refuses %j for the next index, and takes the right one after',
    async (chunkIdx) => {
      const { streamer, platform } = stream();
      const session = await streamer.initialize(asked);
      streamer.push(session, 0, block(2, 1));
      const error = thrownBy(() => streamer.push(session, chunkIdx, block(2, 8)));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({
        context: { field: 'chunkIdx', value: chunkIdx, rule: 'must be the next index, 1' },
      });
      streamer.push(session, 1, block(1, 2));
      expect(shapesOf(platform)).toEqual([
        [0, [1, 1]],
        [1, [2]],
      ]);
    },
  );

  it.each([
    ['a block that is not its shape', { data: new Uint8Array(11), shape: [3, 4] }],
    ['more frames than a chunk', block(3)],
    ['frames of another size', { data: new Uint8Array(20), shape: [1, 4, 5] }],
  ])('refuses %s, and takes the same index after', async (_, wrong) => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(1, 1));
    expect(thrownBy(() => streamer.push(session, 1, wrong as FrameBlock))).toBeInstanceOf(InputError);
    streamer.push(session, 1, block(2, 2));
    expect(shapesOf(platform)).toEqual([
      [0, [1]],
      [1, [2, 2]],
    ]);
  });

  it('names the capture time of the first frame by captureStartMs', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2), 5000);
    streamer.push(session, 1, block(2), 7000);
    expect(platform.received.map(({ time }) => time)).toEqual([
      { startMs: 5000, timeBase: 'host' },
      { startMs: 7000, timeBase: 'host' },
    ]);
    expect(thrownBy(() => streamer.push(session, 2, block(2), Number.NaN))).toBeInstanceOf(InputError);
  });

  it('refuses a chunk while memory is used up, and takes it again when there is room', async () => {
    const send$ = new Subject<void>();
    const { streamer } = stream({ budget: new Budget(1), replies: { send: [send$, {}] } });
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    const error = thrownBy(() => streamer.push(session, 1, block(2)));
    expect(error).toBeInstanceOf(BudgetError);
    expect(error).toMatchObject({ context: { limitBytes: 1 } });
    send$.complete();
    streamer.push(session, 1, block(2));
    expect(await streamer.finalize(session)).toMatchObject({ offered: 4, delivered: 4 });
  });

  it('knows its sessions apart, and no other', async () => {
    const { streamer, platform } = stream();
    const [one, other] = [await streamer.initialize(asked), await streamer.initialize(asked)];
    streamer.push(one, 0, block(1, 1));
    streamer.push(other, 0, block(1, 2));
    expect(platform.received.map(({ dataId, chunk }) => [dataId, chunk.index])).toEqual([
      ['stream-1', 0],
      ['stream-2', 0],
    ]);
    const error = thrownBy(() => streamer.push('stream-1' as SessionId, 0, block(1)));
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'session', value: 'stream-1' } });
  });
});

describe('run', () => {
  it('sends block after block, at the cadence of the capture', async () => {
    const { streamer, platform } = stream({ clock: fastClock });
    const session = await streamer.initialize(asked);
    const moments: number[] = [];
    streamer.events$.subscribe(({ type, at }) => type === 'accepted' && moments.push(at));
    const before = fastClock.wallMs();
    await streamer.run(session, [block(2, 1), block(2, 2), block(2, 3), block(1, 4)]);
    expect(shapesOf(platform)).toEqual([
      [0, [1, 1]],
      [1, [2, 2]],
      [2, [3, 3]],
      [3, [4]],
    ]);
    // Never early: chunk n leaves 2 s, its own length, after chunk n - 1.
    moments.forEach((at, n) => void expect(at).toBeGreaterThanOrEqual(before + 2000 * n));
  });

  it('pulls the next block when there is room for it', async () => {
    const send$ = new Subject<void>();
    const budget = new Budget(1000, 1);
    const { streamer } = stream({ clock: fastClock, budget, replies: { send: [send$, {}] } });
    const session = await streamer.initialize(asked);
    let pulled = 0;
    async function* blocks() {
      for (; pulled < 3; ) {
        pulled++;
        yield block(2);
      }
    }
    const running = streamer.run(session, blocks());
    await firstValueFrom(streamer.events$.pipe(filter(({ type }) => type === 'accepted')));
    for (let i = 0; i < 50; i++) await turn();
    expect([pulled, budget.waiting]).toEqual([1, 1]);
    send$.complete();
    await running;
    expect([pulled, budget.used]).toEqual([3, 0]);
  });

  it('resolves when the fate of every chunk is known, whatever it is', async () => {
    const send = [{ fail: ingestFailure('send', 422) }, {}];
    const { streamer } = stream({ clock: fastClock, replies: { send } });
    const session = await streamer.initialize(asked);
    expect(await streamer.run(session, [block(2), block(2)])).toBeUndefined();
    const error = await failureOf(streamer.finalize(session));
    expect(error).toBeInstanceOf(IncompleteSessionError);
    expect(error).toMatchObject({ context: { report: { offered: 4, delivered: 2, rejected: 2 } } });
  });

  it('rejects as the iterable fails; what came before is delivered', async () => {
    const { streamer } = stream({ clock: fastClock });
    const session = await streamer.initialize(asked);
    const unplugged = new Error('camera unplugged');
    async function* blocks() {
      yield block(2);
      throw unplugged;
    }
    expect(await failureOf(streamer.run(session, blocks()))).toBe(unplugged);
    expect(await streamer.finalize(session)).toMatchObject({ offered: 2, delivered: 2 });
  });

  it('rejects a block that breaks a rule, and closes the iterable', async () => {
    const { streamer } = stream({ clock: fastClock });
    const session = await streamer.initialize(asked);
    let closed = false;
    async function* blocks() {
      try {
        yield block(2);
        yield block(3);
        yield block(2);
      } finally {
        closed = true;
      }
    }
    expect(await failureOf(streamer.run(session, blocks()))).toBeInstanceOf(InputError);
    await turn();
    expect(closed).toBe(true);
    expect(await streamer.finalize(session)).toMatchObject({ offered: 2, delivered: 2 });
  });

  it('goes on where pushes left off, and lets them go on', async () => {
    const { streamer, platform } = stream({ clock: fastClock });
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(1, 1));
    await streamer.run(session, [block(1, 2)]);
    streamer.push(session, 2, block(1, 3));
    expect(shapesOf(platform).map(([index]) => index)).toEqual([0, 1, 2]);
  });

  it('resolves for no blocks, and rejects for no session', async () => {
    const { streamer } = stream({ clock: fastClock });
    const session = await streamer.initialize(asked);
    expect(await streamer.run(session, [])).toBeUndefined();
    expect(await failureOf(streamer.run('stream-1' as SessionId, []))).toBeInstanceOf(InputError);
  });
});

describe('finalize', () => {
  it('resolves with the report when everything is delivered and the stream has its end', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    streamer.push(session, 1, block(1));
    const report = await streamer.finalize(session);
    expect(report).toMatchObject({ session, offered: 3, delivered: 3, kept: 0, ended: true, outcome: 'complete' });
    expect(platform.calls).toEqual([...opening, 'send 0', 'send 1', 'end']);
  });

  it('rejects when a chunk was refused, with the report that names it, as often as it is asked', async () => {
    const { streamer, platform } = stream({ replies: { send: [{ fail: ingestFailure('send', 413) }, {}] } });
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    streamer.push(session, 1, block(2));
    for (const _ of ['once', 'twice']) {
      const error = await failureOf(streamer.finalize(session));
      expect(error).toBeInstanceOf(IncompleteSessionError);
      expect(error).toMatchObject({
        context: {
          report: { delivered: 2, rejected: 2, deadLetters: [{ chunk: { index: 0 }, problem: { status: 413 } }] },
        },
      });
    }
    expect(platform.calls.filter((call) => call === 'end')).toEqual(['end']);
  });

  it('rejects when the stream cannot be ended', async () => {
    const { streamer } = stream({ replies: { end: { fail: ingestFailure('end', 400) } } });
    const session = await streamer.initialize(asked);
    const error = await failureOf(streamer.finalize(session));
    expect(error).toBeInstanceOf(SessionFailedError);
    expect(error).toMatchObject({ context: { phase: 'end' } });
  });

  it('waits no longer than drainTimeoutMs, while delivery goes on', async () => {
    const send$ = new Subject<void>();
    const { streamer, platform } = stream({ replies: { send: send$ } });
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    const error = await failureOf(streamer.finalize(session, { drainTimeoutMs: 1 }));
    expect(error).toBeInstanceOf(IncompleteSessionError);
    expect(error).toMatchObject({ context: { report: { offered: 2, kept: 2, ended: false } } });
    expect(thrownBy(() => streamer.push(session, 1, block(2)))).toBeInstanceOf(InputError);
    send$.complete();
    expect(platform.calls.at(-1)).toBe('end');
    expect(await streamer.finalize(session, { drainTimeoutMs: 1000 })).toMatchObject({ delivered: 2, ended: true });
  });

  it('forgets a session that has its end', async () => {
    const { streamer } = stream();
    const session = await streamer.initialize(asked);
    await streamer.finalize(session);
    const error = await failureOf(streamer.finalize(session));
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'session', value: session } });
    expect(thrownBy(() => streamer.push(session, 0, block(2)))).toBeInstanceOf(InputError);
  });
});

describe('a streamer', () => {
  it('tells the events of all its sessions', async () => {
    const { streamer } = stream();
    const told: SessionEvent[] = [];
    streamer.events$.subscribe((event) => told.push(event));
    const [one, other] = [await streamer.initialize(asked), await streamer.initialize(asked)];
    await streamer.finalize(one);
    await streamer.finalize(other);
    const closed = told.filter(({ type }) => type === 'closed').map(({ session }) => session);
    expect(closed).toEqual([one, other]);
  });

  it('ends what is open when it is disposed of', async () => {
    const { streamer, platform } = stream();
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    await streamer[Symbol.asyncDispose]();
    expect(platform.calls).toEqual([...opening, 'send 0', 'end']);
    expect(await failureOf(streamer.initialize(asked))).toBeInstanceOf(PlatformClosedError);
  });

  it('rejects when what it disposes of was not delivered', async () => {
    const { streamer } = stream({ replies: { send: { fail: ingestFailure('send', 422) } } });
    const session = await streamer.initialize(asked);
    streamer.push(session, 0, block(2));
    const error = await failureOf(streamer[Symbol.asyncDispose]());
    expect(error).toBeInstanceOf(IncompleteSessionError);
    expect(error).toMatchObject({ context: { report: { rejected: 2 } } });
  });
});

describe('the verbosity of a streamer', () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    jest.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
  });
  afterEach(() => void jest.restoreAllMocks());

  const life = async (verbosity: Verbosity) => {
    const send = [{ fail: ingestFailure('send', 503) }, {}, { fail: ingestFailure('send', 422) }];
    const { streamer } = stream({ replies: { send }, retry: { baseMs: 1 } }, verbosity);
    const session = await streamer.initialize(asked);
    await streamer.run(session, [block(2)]);
    streamer.push(session, 1, block(2));
    await failureOf(streamer.finalize(session));
    return said.map((line) => line.replace(`epistream ${session.slice(0, 8)} `, ''));
  };

  it('is none, unless asked for', async () => {
    expect(await life(0)).toEqual([]);
  });

  it('at 1 tells what went wrong', async () => {
    expect(await life(1)).toEqual(['chunk 1 rejected: send: answered 422']);
  });

  it('at 2 tells the life of a session', async () => {
    const lines = await life(2);
    expect([...lines].sort()).toEqual([
      'asked for Growth run 42',
      'chunk 1 rejected: send: answered 422',
      'closed: 2 of 4 frames delivered',
      'ending (complete)',
      'opened as stream-1',
    ]);
    expect(lines.at(-1)).toBe('closed: 2 of 4 frames delivered');
  });

  it('at 3 tells every retry, and at 4 every chunk', async () => {
    expect(await life(3)).toContain('send again in 1 ms: send: answered 503');
    said.length = 0;
    expect(await life(4)).toEqual(
      expect.arrayContaining(['chunk 0 accepted (2 items)', 'chunk 0 delivered (2 items)', 'about to create']),
    );
  });

  it('never shows the key, whatever the platform answers', async () => {
    const apiKey = 'key-0123456789-s3cret';
    await using server = await startFaultServer();
    server.script('create', [{ type: 'answer', status: 401, body: `{"detail":"unknown key ${apiKey}"}` }]);
    await using streamer = new RHEEDStreamer({
      apiKey,
      endpoint: server.url,
      verbosity: 4,
      referenceClock: false,
      spool: false,
    });
    const error = await failureOf(streamer.initialize(asked));
    expect(error).toMatchObject({ _tag: 'SessionFailedError', context: { problem: { status: 401 } } });
    expect(said.join('\n')).toContain('gave up (open)');
    for (const text of [
      said.join('\n'),
      inspect(error, { depth: 9 }),
      inspect(streamer, { depth: 9, showHidden: true }),
    ])
      expect(text).not.toContain(apiKey);
  });
});
