import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, NEVER, of, toArray } from 'rxjs';
import { connect } from '../src/connect.js';
import type { Platform } from '../src/delivery/platform.js';
import { Budget } from '../src/flow/budget.js';
import type { SessionFailedError } from '../src/model/errors.js';
import { paceAt } from '../src/operators/paceAt.js';
import { rheedSink } from '../src/sinks/rheedSink.js';
import { fromFrames } from '../src/sources/fromFrames.js';
import { RHEEDStreamer } from '../src/streamers/rheedStreamer.js';
import { fakePlatform } from '../src/testing/fakePlatform.js';
import { phaseOf } from '../src/testing/faultPhase.js';
import { type Fault, type FaultServer, startFaultServer } from '../src/testing/faultServer.js';
import { grayFrame } from '../src/testing/grayFrame.js';
import { type Exchange, readRecording, startWireServer, type WireServer } from './ingest/wireServer.js';

const key = 'the-api-key-0123456789';
const servers: (WireServer | FaultServer)[] = [];
const platforms: Platform[] = [];

const serve = async <S extends WireServer | FaultServer>(starting: Promise<S>): Promise<S> => {
  const server = await starting;
  servers.push(server);
  return server;
};
const connected = (endpoint: string, options = {}): Platform => {
  const platform = connect({ endpoint, apiKey: key, spool: false, retry: { baseMs: 10, capMs: 50 }, ...options });
  platforms.push(platform);
  return platform;
};
afterEach(async () => {
  for (const platform of platforms.splice(0)) await platform.close({ deadlineMs: 0 });
  for (const server of servers.splice(0)) await server.close();
});

const short = { fps: 1, rotationsPerMin: 0, chunkSize: 2 };
/** Bytes that do not compress, so that half of a body is a real half. */
const noise = (length: number) => new Uint8Array(randomBytes(length));

/** `frames[k,y,x] = (k*48 + y*8 + x) mod 251`, frames of 6 rows and 8 columns; black from frame 3 to 8 when asked. */
const block = (frames: number, black = false) => ({
  data: Uint8Array.from({ length: frames * 48 }, (_, i) => (black && i >= 3 * 48 && i < 9 * 48 ? 0 : i % 251)),
  shape: [frames, 6, 8] as const,
});

describe('a whole session on the wire', () => {
  /** The library numbers chunks itself, without holes: the recorded chunk 4 is our 3. */
  const recording = (name: string): Exchange[] =>
    readRecording(name).map((exchange) => JSON.parse(JSON.stringify(exchange).replaceAll('/c/4/0/0', '/c/3/0/0')));

  const keyOf = ({ method, path, query }: Pick<Exchange, 'method' | 'path' | 'query'>) =>
    `${method} ${path} ${query?.original_filename ?? ''}`;
  const valuesOfNow = [
    'start_unix_ms_utc',
    'end_unix_ms_utc',
    'clock_offset_ms',
    'clock_uncertainty_ms',
    'bytes',
    'sha256',
  ];
  /** A request by its names and types; what depends on the moment or on the encoder's version by its type alone. */
  const shapeOf = (request: Pick<Exchange, 'method' | 'path' | 'query' | 'body' | 'headers'>, headers: string[]) => ({
    request: keyOf(request),
    query: request.query,
    headers: headers.filter((name) => name in request.headers),
    keyed: 'x-api-key' in request.headers,
    body: JSON.parse(
      JSON.stringify(request.body ?? null, (name, value) => (valuesOfNow.includes(name) ? typeof value : value)),
    ),
  });
  const shapes = (
    requests: readonly Pick<Exchange, 'method' | 'path' | 'query' | 'body' | 'headers'>[],
    model: Exchange[],
  ) =>
    requests
      .map((request) => {
        const recorded = model.find((one) => keyOf(one) === keyOf(request));
        return shapeOf(request, Object.keys(recorded?.headers ?? { unknown: 1 }));
      })
      .sort((a, b) => a.request.localeCompare(b.request));
  const phases = (requests: readonly Pick<Exchange, 'method' | 'path'>[]) =>
    requests
      .map(({ method, path }) => phaseOf(method, path))
      .map((phase) => (phase === 'presign' || phase === 'put' ? 'chunks' : phase))
      .filter((phase, i, all) => phase !== all[i - 1]);

  /** The clock goes on being measured: on a slow computer a session sees its second sample, too. */
  const requestsOf = ({ received }: WireServer) =>
    received.filter(({ path }, i) => path !== '/gateway/time' || received.findIndex((one) => one.path === path) === i);

  it('of the facade, rotating, says what the recorded client said, in the same order', async () => {
    const model = recording('rheed-rotating');
    const server = await serve(startWireServer(model));
    const platform = connected(server.url);
    const streamer = new RHEEDStreamer({ platform });
    const session = await streamer.initialize({
      fps: 10,
      rotationsPerMin: 15,
      chunkSize: 20,
      streamName: 'Growth run 42',
      physicalSample: 'gan-001',
      projectId: '44444444-4444-4444-8444-444444444444',
      tags: ['growth', 'new tag'],
    });
    streamer.push(session, 0, block(20));
    streamer.push(session, 1, block(7), 1700000000123);
    streamer.push(session, 2, block(1));
    streamer.push(session, 3, block(20, true));
    expect(await streamer.finalize(session)).toMatchObject({ offered: 48, delivered: 48, streams: ['<rotating>'] });

    expect(shapes(requestsOf(server), model)).toEqual(shapes(model, model));
    expect(phases(requestsOf(server))).toEqual(phases(model));
    const second = server.received.find(({ body }) => (body as { dims?: string })?.dims === '7,6,8')?.body;
    const { start_unix_ms_utc: start, clock_offset_ms: offset } = second as Record<string, string>;
    expect(Number(start)).toBe(1700000000123 + Number(offset)); // reference time: the host's, corrected
  });

  it('of the sink, stationary, says what the recorded client said, in the same order', async () => {
    const [clock] = recording('rheed-rotating'); // one clock an endpoint: measured before, in the recorded run
    const model = [clock as Exchange, ...recording('rheed-stationary')];
    const server = await serve(startWireServer(model));
    const frames = Array.from({ length: 40 }, (_, i) =>
      grayFrame({ width: 8, height: 6, data: block(20).data.subarray((i % 20) * 48, ((i % 20) + 1) * 48) }),
    );
    const streamName = 'RHEED Stream @ 4:37PM';
    const options = { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName, azimuth: '100' };
    await lastValueFrom(from(frames).pipe(rheedSink(connected(server.url), options)));

    expect(shapes(requestsOf(server), model)).toEqual(shapes(model, model));
    expect(phases(requestsOf(server))).toEqual(phases(model));
  });
});

describe('connect', () => {
  it.each([
    [{ apiKey: ' ' }, 'apiKey'],
    [{ apiKey: '' }, 'apiKey'],
    [{ endpoint: 'ftp://127.0.0.1' }, 'endpoint'],
    [{ endpoint: 'not a url' }, 'endpoint'],
    [{ inFlight: 0 }, 'inFlight'],
    [{ openTimeoutMs: Number.NaN }, 'openTimeoutMs'],
    [{ openTimeoutMs: 2 ** 33 }, 'openTimeoutMs'],
    [{ retry: { baseMs: Number.NaN } }, 'retry.baseMs'],
    [{ retry: { capMs: Infinity } }, 'retry.capMs'],
    [{ timeouts: { replyMs: 0 } }, 'timeouts.replyMs'],
    [{ zstdLevel: 99, spool: false as const }, 'level'],
    [{ spool: '/data/spool' as never }, 'spool'],
    [{ spool: null as never }, 'spool'],
    [{ spool: { dir: '' } }, 'spool.dir'],
    [{ spool: { dir: join(import.meta.dirname, 'connect.spec.ts') } }, 'spool.dir'],
    [{ spool: { maxBytes: 0 } }, 'spool.maxBytes'],
    [{ spool: { minFreeBytes: -1 } }, 'spool.minFreeBytes'],
    [{ spool: { durability: 'hope' as never } }, 'spool.durability'],
  ])('refuses %j', (wrong, field) => {
    expect(() => connect({ apiKey: key, endpoint: 'http://127.0.0.1:1', ...wrong })).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });

  it('takes key, endpoint and spool from the environment', async () => {
    const server = await serve(startFaultServer());
    const before = { ...process.env };
    const spool = mkdtempSync(join(tmpdir(), 'spool-'));
    try {
      Object.assign(process.env, { AS_API_KEY: key, AS_API_ENDPOINT: server.url, EPISTREAM_SPOOL_DIR: spool });
      const platform = connect();
      platforms.push(platform);
      await lastValueFrom(of(grayFrame()).pipe(rheedSink(platform, short)));
      expect(server.requests.map(({ phase }) => phase)).toEqual(['clock', 'create', 'presign', 'put', 'end']);
      expect(readdirSync(spool)).toEqual(['sessions']);
      await platform.close();
      expect(readdirSync(join(spool, 'sessions'))).toEqual([]);
    } finally {
      process.env = before;
      rmSync(spool, { recursive: true, force: true });
    }
  });

  it('fails within a moment for a wrong key, and shows it nowhere', async () => {
    const server = await serve(startFaultServer());
    server.script('create', [{ type: 'answer', status: 401, body: JSON.stringify({ detail: `unknown key ${key}` }) }]);
    const platform = connected(server.url);
    const seen: unknown[] = [];
    platform.events$.subscribe((event) => seen.push(event));
    const error: SessionFailedError = await lastValueFrom(of(grayFrame()).pipe(rheedSink(platform, short))).then(
      () => 'delivered',
      (failure) => failure,
    );
    expect(error).toMatchObject({ _tag: 'SessionFailedError', context: { phase: 'open', problem: { status: 401 } } });
    for (const thing of [error, seen, platform]) {
      expect(inspect(thing, { depth: 12, showHidden: true })).not.toContain(key);
    }
    expect(JSON.stringify([error, seen])).not.toContain(key);
  });
});

describe('a session over a network that fails', () => {
  const json = 'application/json';
  const faults: readonly (readonly [string, Fault])[] = [
    ['is refused for a moment', { type: 'refuse', forMs: 80 }],
    ['resets at once', { type: 'reset', at: 0 }],
    ['resets half-way', { type: 'reset', at: 0.5 }],
    ['resets near the end', { type: 'reset', at: 0.99 }],
    ['accepts and never reads', { type: 'stall', at: 0 }],
    ['reads and never answers', { type: 'stall', at: 1 }],
    ['drips its headers', { type: 'dripHeaders', everyMs: 100 }],
    ['drips its body', { type: 'dripBody', everyMs: 100 }],
    ['cuts its reply', { type: 'truncate', withLength: true }],
    ['cuts its reply and promised no length', { type: 'truncate', withLength: false }],
    ['answers nothing with 200', { type: 'answer', status: 200, body: '' }],
    [
      'answers a web page with 200',
      { type: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' },
    ],
    ['answers 503', { type: 'answer', status: 503 }],
    ['answers 429', { type: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['loses its reply', { type: 'loseReply' }],
    ['answers twice', { type: 'duplicate' }],
    [
      'answers JSON of another shape',
      { type: 'answer', status: 200, headers: { 'content-type': json }, body: '{"no":1}' },
    ],
  ];
  const impatient = { timeouts: { connectMs: 500, stallMs: 250, replyMs: 250 } };

  it.each(faults)('delivers everything when each call in turn %s', async (_, fault) => {
    const server = await serve(startFaultServer());
    for (const phase of ['clock', 'resolve', 'create', 'link', 'presign', 'put', 'end'] as const)
      server.script(phase, [fault]);
    const platform = connected(server.url, impatient);
    const frames = Array.from({ length: 5 }, () => grayFrame({ width: 40, height: 20, data: noise(800) }));
    const events = await lastValueFrom(
      from(frames).pipe(rheedSink(platform, { ...short, physicalSample: 'GaN-001' }), toArray()),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'closed',
      report: { offered: 5, delivered: 5, lost: 0, rejected: 0, ended: true },
    });
    const phases = server.requests.map(({ phase }) => phase);
    expect(phases.at(-1)).toBe('end');
    expect(phases.lastIndexOf('put')).toBeLessThan(phases.indexOf('end'));
  });

  it('keeps a slow upload alive for as long as it moves', async () => {
    const server = await serve(startFaultServer());
    server.script('put', [{ type: 'slowRead', bytesPerSecond: 400_000 }]);
    const platform = connected(server.url, impatient);
    const frame = grayFrame({ width: 1000, height: 600, data: noise(600_000) });
    await lastValueFrom(of(frame).pipe(rheedSink(platform, short)));
    expect(server.requests.filter(({ phase }) => phase === 'put')).toHaveLength(1); // 1.5 s, six stall times
  });
});

describe('memory', () => {
  const asked = { fps: 4, rotationsPerMin: 0, chunkSize: 8 };

  it('takes no more than the pull limit, one chunk and one item from 400 MiB while the platform stalls', async () => {
    const MiB = 2 ** 20;
    const budget = new Budget(64 * MiB);
    const platform = fakePlatform({ budget, replies: { send: NEVER } });
    platforms.push(platform);
    let pulled = 0;
    function* camera() {
      for (; pulled < 400; pulled++) yield grayFrame({ width: 1024, height: 1024, data: new Uint8Array(MiB) });
    }
    fromFrames(camera(), { budget })
      .pipe(paceAt(4000, { budget }), rheedSink(platform, asked))
      .subscribe({ error: () => {} }); // closing loses what a stalled platform never took

    while (budget.waiting === 0) await setTimeout(1);
    expect(pulled).toBeGreaterThanOrEqual(24);
    expect(pulled).toBeLessThanOrEqual(32 + 8 + 1);
    expect(budget.peak).toBeLessThanOrEqual((32 + 8 + 1) * MiB);
    await platform.close({ deadlineMs: 0 });
    expect(budget.used).toBe(0);
  });

  it('stays within the same bound for as long as a slow platform takes it all', async () => {
    const KiB = 2 ** 10;
    const budget = new Budget(64 * KiB);
    const platform = fakePlatform({ budget, replies: { send: { afterMs: 4 } } });
    const frames = Array.from({ length: 400 }, () => grayFrame({ width: 32, height: 32 }));
    const last = await lastValueFrom(
      fromFrames(frames, { budget }).pipe(paceAt(10_000, { budget }), rheedSink(platform, asked)),
    );
    expect(last).toMatchObject({ type: 'closed', report: { offered: 400, delivered: 400 } });
    expect(budget.peak).toBeGreaterThan(32 * KiB); // it did wait
    expect(budget.peak).toBeLessThanOrEqual((32 + 9 + 1) * KiB); // a stored shard is a little longer than its frames
    expect(budget.used).toBe(0);
  });
});
