import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import type { PresignRequest } from '../../src/ingest/codecs.js';
import { type HttpIngestOptions, httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import type { Asked } from '../../src/model/asked.js';
import type { ChunkTime } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { InputError } from '../../src/model/errors.js';
import type { DataId } from '../../src/model/identifiers.js';
import { phaseOf } from '../../src/testing/faultPhase.js';
import { type FaultServer, startFaultServer } from '../../src/testing/faultServer.js';
import { named, phases, recorded } from './asRecorded.js';
import { readRecording, startWireServer, type WireServer } from './wireServer.js';

const key = 'the-api-key-0123456789';
const openIngests: Ingest[] = [];
const servers: (WireServer | FaultServer)[] = [];

const ingestAt = (endpoint: string, options: Partial<HttpIngestOptions> = {}): Ingest => {
  const ingest = httpIngest({ endpoint, apiKey: key, clock: hostClock, ...options });
  openIngests.push(ingest);
  return ingest;
};
const serve = async <S extends WireServer | FaultServer>(starting: Promise<S>): Promise<S> => {
  const server = await starting;
  servers.push(server);
  return server;
};
afterEach(async () => {
  for (const ingest of openIngests.splice(0)) await done(ingest.close());
  for (const server of servers.splice(0)) await server.close();
});

const done = <T>(values: Observable<T>): Promise<T | undefined> => lastValueFrom(values, { defaultValue: undefined });

const chunkOf = (shard: string, frames: number): EncodedChunk => {
  const bytes = readFileSync(`spec/fixtures/shards/${shard}.shard`);
  const middle = bytes.byteLength >> 1;
  return {
    parts: [bytes.subarray(0, middle), bytes.subarray(middle)],
    byteLength: bytes.byteLength,
    dims: [frames, 6, 8],
    release: () => {},
  };
};

const full = chunkOf('full-20x6x8', 20);
const measured = { offsetMs: 0, uncertaintyMs: 0.9, takenAt: 0 };
const timeOf = (startMs: number): ChunkTime => ({ startMs, timeBase: 'host', clock: measured });

const rotating: Asked = {
  kind: 'rheed',
  options: {
    fps: 10,
    rotationsPerMin: 15,
    chunkSize: 20,
    streamName: 'Growth run 42',
    physicalSample: ' gan-001 ',
    projectId: '44444444-4444-4444-8444-444444444444',
    tags: ['growth', 'new tag', 'NEW TAG', ' '],
  },
};
const stationary: Asked = {
  kind: 'rheed',
  options: { fps: 10, rotationsPerMin: 0, chunkSize: 20, azimuth: '100', projectId: ' ' },
};

const runSession = async (
  ingest: Ingest,
  asked: Asked,
  chunks: readonly (readonly [index: number, EncodedChunk, startMs: number])[],
): Promise<DataId> => {
  await firstValueFrom(ingest.clock$);
  const links = await firstValueFrom(ingest.resolve(asked.options));
  const dataId = await firstValueFrom(ingest.create(asked));
  await done(ingest.link(dataId, links));
  for (const [index, body, startMs] of chunks)
    await done(ingest.send(dataId, asked, { index, revision: 0, items: body.dims[0]! }, timeOf(startMs), body));
  await done(ingest.end('rheed', dataId));
  return dataId;
};

describe('httpIngest', () => {
  it('says for a rotating run what the recorded client said', async () => {
    const recording = readRecording('rheed-rotating');
    const server = await serve(startWireServer(recording));

    await runSession(ingestAt(server.url), rotating, [
      [0, full, 1795192643798],
      [1, chunkOf('short-7x6x8', 7), 1700000000123],
      [2, chunkOf('single-1x6x8', 1), 1795192645700],
      [4, chunkOf('black-frames-3-to-8-20x6x8', 20), 1795192643800],
    ]);

    expect(named(server.received, recording, key)).toEqual(recorded(recording));
    expect(phases(server.received)).toEqual(phases(recording));
  });

  it('says for a nameless stationary run what the recorded client said', async () => {
    const recording = readRecording('rheed-stationary');
    const server = await serve(startWireServer(recording));
    const wallMs = () => new Date(2026, 10, 20, 16, 37).getTime();
    const ingest = ingestAt(server.url, { referenceClock: false, clock: { ...hostClock, wallMs } });

    await runSession(ingest, stationary, [
      [0, full, 1795192643805],
      [1, full, 1700000000000],
    ]);

    // Those shards are not in the fixtures: ours is as long.
    const withoutHash = (requests: unknown[]) =>
      JSON.parse(JSON.stringify(requests, (name, value) => (name === 'sha256' ? undefined : value)));
    expect(withoutHash(named(server.received, recording, key))).toEqual(withoutHash(recorded(recording)));
    expect(phases(server.received)).toEqual(phases(recording));
  });

  it('shows the key to the API alone, never to the clock or the storage', async () => {
    const recording = readRecording('rheed-rotating');
    const server = await serve(startWireServer(recording));
    await runSession(ingestAt(server.url), rotating, [[0, full, 1795192643798]]);

    const keyless = server.received.filter(({ headers }) => headers['x-api-key'] === undefined);
    expect(keyless.map(({ method, path }) => phaseOf(method, path)).sort()).toEqual(['clock', 'put']);
    expect(keyless.filter((request) => JSON.stringify(request).includes(key))).toEqual([]);
  });

  it('keeps the path of an endpoint and minds no slash at its end', async () => {
    const server = await serve(startFaultServer());
    await done(ingestAt(`${server.url}/lab/v1//`).end('rheed', 'data-1' as DataId));
    expect(server.requests.map(({ path }) => path)).toEqual(['/lab/v1/rheed/stream/data-1/end']);
  });

  it('takes other routes, and keeps an id with a slash one path segment', async () => {
    const server = await serve(startFaultServer());
    const ingest = ingestAt(server.url, { routes: { endRheed: '/v2/:dataId/stop' } });
    await done(ingest.end('rheed', 'a/../b' as DataId));
    expect(server.requests.map(({ path }) => path)).toEqual(['/v2/a%2F..%2Fb/stop']);
  });

  it('corrects host time by the reading at capture, else by the latest, and recorded time by none', async () => {
    const none = { headers: {}, status: 200 };
    const now = { receivedAtUnixMs: 5_000, transmittedAtUnixMs: 5_000 };
    const presigns = [0, 1, 2].flatMap((index) => [
      {
        ...none,
        method: 'POST',
        path: '/data_entries/raw_data/staged/upload_urls/',
        query: { original_filename: `frames.zarr/frames/c/${index}/0/0`, num_parts: '1', staging_type: 'stream' },
        reply: { url: 'http://<storage>/x' },
      },
      { ...none, method: 'PUT', path: '/x' },
    ]);
    const server = await serve(
      startWireServer([...presigns, { ...none, method: 'GET', path: '/gateway/time', reply: now }]),
    );
    // A host whose clocks stand still, three seconds behind the platform.
    const scheduler = { now: () => 0, schedule: hostClock.scheduler.schedule };
    const ingest = ingestAt(server.url, { clock: { scheduler, wallMs: () => 2_000 } });
    await firstValueFrom(ingest.clock$);
    const times: ChunkTime[] = [
      { startMs: 1_000, timeBase: 'host', clock: { offsetMs: -250.4, uncertaintyMs: 12.34, takenAt: 0 } },
      { startMs: 1_000, timeBase: 'host' },
      { startMs: 1_000, timeBase: 'recorded', clock: measured },
    ];
    for (const [index, time] of times.entries())
      await done(ingest.send('d' as DataId, rotating, { index, revision: 0, items: 20 }, time, full));

    const asked = server.received.filter(({ method }) => method === 'POST').map(({ body }) => body as PresignRequest);
    expect(
      asked.map((body) => [
        body.start_unix_ms_utc,
        body.end_unix_ms_utc,
        body.clock_offset_ms,
        body.clock_uncertainty_ms,
      ]),
    ).toEqual([
      ['750', '2750', '-250', '12.3'],
      ['4000', '6000', '3000', '0.0'],
      ['1000', '3000', undefined, undefined],
    ]);
  });

  it('asks for the key at every call when it is a function', async () => {
    const recording = readRecording('rheed-stationary');
    const server = await serve(startWireServer(recording));
    const keys = ['first', 'second'];
    const ingest = ingestAt(server.url, { apiKey: async () => keys.shift()! });
    await firstValueFrom(ingest.create(stationary));
    await done(ingest.end('rheed', '<stationary>' as DataId));
    expect(server.received.map(({ headers }) => headers['x-api-key'])).toEqual(['first', 'second']);
    expect([ingest.keyMayChange, ingestAt(server.url).keyMayChange]).toEqual([true, false]);
  });

  it('says nothing of a clock when it is told not to measure one', async () => {
    const server = await serve(startFaultServer());
    const ingest = ingestAt(server.url, { referenceClock: false });
    expect(await firstValueFrom(ingest.clock$.pipe(toArray()))).toEqual([undefined]);
    expect(server.requests).toEqual([]);
  });

  it('warns, once, of an undocumented frame rate and of a key in the clear', async () => {
    const warnings: string[] = [];
    const server = await serve(startFaultServer());
    const onWarning = (message: string) => warnings.push(message);
    const fast: Asked = { kind: 'rheed', options: { ...rotating.options, fps: 240, chunkSize: 480 } };
    const ingest = ingestAt(server.url, { onWarning });
    await firstValueFrom(ingest.create(fast));
    await firstValueFrom(ingest.create(fast));
    ingestAt('http://lab.example', { onWarning });
    expect(warnings).toEqual([
      "fps is 240: above 120 the platform's behaviour is not documented",
      'the API key travels unencrypted to http://lab.example: use https',
    ]);
  });

  it('asks for results by kind and id, of the last when so told', async () => {
    const none = { method: 'GET', headers: {}, status: 200 };
    const server = await serve(
      startWireServer([
        { ...none, path: '/rheed/timeseries/data/1/', reply: { series_by_angle: [] } },
        { ...none, path: '/tool-state/d/timeseries/', query: { last_n: '5' }, reply: { properties: {} } },
      ]),
    );
    const { results } = ingestAt(server.url);
    expect(await firstValueFrom(results('rheed', 'data/1' as DataId))).toEqual({ kind: 'rheed', angles: [] });
    expect(await firstValueFrom(results('timeseries', 'd' as DataId, 5))).toEqual({ kind: 'timeseries', channels: [] });
  });

  it('has no results while there is nothing yet, and fails when they are of another shape or refused', async () => {
    const server = await serve(startFaultServer());
    const results = () => firstValueFrom(ingestAt(server.url).results('rheed', 'd' as DataId));
    expect(await results()).toBeUndefined();
    server.script('results', [
      { type: 'answer', status: 200, body: '{"series_by_angle":"soon"}' },
      { type: 'answer', status: 403 },
    ]);
    await expect(results()).rejects.toMatchObject({ context: { step: 'results', from: 'reply' } });
    await expect(results()).rejects.toMatchObject({ context: { step: 'results', status: 403 } });
  });

  it('aborts what is under way when it is closed', async () => {
    const server = await serve(startFaultServer());
    server.script('end', [{ type: 'stall', at: 1 }]);
    const ingest = ingestAt(server.url);
    const ending = done(ingest.end('rheed', 'data-1' as DataId));
    const closing = expect(ending).rejects.toMatchObject({ context: { step: 'end', from: 'network' } });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await done(ingest.close());
    await closing;
  });

  it.each([
    'ftp://host',
    'host:4100',
    '',
    'https://user:secret@host',
    'https://host/?key=secret',
    'https://host/#part',
  ])('refuses the endpoint %p, and shows no password', (endpoint) => {
    expect(() => ingestAt(endpoint)).toThrow(InputError);
    expect(() => ingestAt(endpoint)).toThrow(/^endpoint must be an http\(s\) URL/);
    expect(() => ingestAt(endpoint)).not.toThrow(/secret/);
  });

  it.each(['', '  ', 'secret\n', 'sec ret', 'sécret'])('refuses the key %j, and does not show it', (apiKey) => {
    const refusal = (() => {
      try {
        return ingestAt('https://host', { apiKey });
      } catch (error) {
        return error;
      }
    })() as InputError;
    expect(refusal).toBeInstanceOf(InputError);
    expect(refusal.context).toMatchObject({ field: 'apiKey', rule: 'must be one line of printable ASCII' });
    expect(refusal.message + refusal.context.value).not.toMatch(/s[eé]c/);
  });
});
