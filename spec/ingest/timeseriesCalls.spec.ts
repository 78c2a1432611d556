import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import type { SendChannelsRequest, SendPointsRequest } from '../../src/ingest/codecs.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Ingest } from '../../src/ingest/ingest.js';
import type { Asked } from '../../src/model/asked.js';
import { type ChannelPoints, encodePoints } from '../../src/model/channelPoints.js';
import type { ChunkTime } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { DataId } from '../../src/model/identifiers.js';
import { largestDifference, named, phases, recorded, timestampsApart } from './asRecorded.js';
import { type Exchange, readRecording, startWireServer, type WireServer } from './wireServer.js';

const key = 'the-api-key-0123456789';
const dataId = 'd' as DataId;
const asked = {
  kind: 'timeseries',
  options: {
    streamName: ' MBE growth ',
    synthSourceId: 42,
    pointsPerChunk: 4,
    flushAfterMs: 10_000,
    physicalSample: 'New wafer',
    projectId: '44444444-4444-4444-8444-444444444444',
    tags: ['growth'],
  },
} as const satisfies Asked;
const bare: Asked = { kind: 'timeseries', options: { streamName: ' ', pointsPerChunk: 4, flushAfterMs: 10_000 } };

/** As when the conversation was recorded. */
const clock = { offsetMs: -0.0511474609375, uncertaintyMs: 1, takenAt: 0 };
const atCapture: ChunkTime = { startMs: 0, timeBase: 'host', clock };
const uncorrected: ChunkTime = { startMs: 0, timeBase: 'host' };

const { NaN: none, POSITIVE_INFINITY: infinite } = Number;
const pointsOf = (channel: string, times: number[], values: number[], units?: string): ChannelPoints =>
  units === undefined ? { channel, times, values } : { channel, units, times, values };
const bodyOf = (...revisions: readonly (readonly ChannelPoints[])[]): EncodedChunk => {
  const parts = revisions.map(encodePoints);
  return { parts, byteLength: Buffer.concat(parts).byteLength, dims: [4], release: () => {} };
};
const done = <T>(values: Observable<T>): Promise<T | undefined> => lastValueFrom(values, { defaultValue: undefined });

let server: WireServer;
let ingest: Ingest;
const serve = async (recording: readonly Exchange[]): Promise<void> => {
  server = await startWireServer(recording);
  ingest = httpIngest({ endpoint: server.url, apiKey: key, clock: hostClock, referenceClock: false });
};
beforeEach(() => serve([]));
afterEach(async () => {
  await done(ingest.close());
  await server.close();
});

const send = (index: number, channel: string | undefined, body: EncodedChunk, time = uncorrected) => {
  const chunk = { index, revision: 0, items: body.dims[0]!, ...(channel === undefined ? {} : { channel }) };
  return done(ingest.send(dataId, asked, chunk, time, body));
};
const sent = () => server.received.map(({ path, body }) => [path.replace('/tool-state/stream/', ''), body]);
const ways = () => server.received.map(({ path }) => path.replace('/tool-state/stream/', ''));
const answer = (path: string, status: number, reply: unknown = {}): Exchange => {
  const method = /timeseries|streams/.test(path) ? 'GET' : 'POST';
  return { method, path, headers: {}, status, reply };
};
const toChunk = (status: number) =>
  answer('/tool-state/stream/chunk', status, { data_id: 'd', chunk_index: 0, channel_name: 'a', total_points: 1 });
const toMulti = (status: number) => answer('/tool-state/stream/chunk/multi', status, { data_id: 'd', chunk_index: 0 });

describe('a session of channels', () => {
  it('says what the recorded client said', async () => {
    const recording = readRecording('timeseries');
    await server.close();
    await serve(recording);
    const links = await firstValueFrom(ingest.resolve(asked.options));
    const id = await firstValueFrom(ingest.create(asked));
    await done(ingest.link(id, links));
    const recordedSend = (index: number, channel: string | undefined, ...channels: ChannelPoints[]) => {
      const chunk = { index, revision: 0, items: 1, ...(channel === undefined ? {} : { channel }) };
      return done(ingest.send(id, asked, chunk, atCapture, bodyOf(channels)));
    };
    const start = 1_700_000_000_000;
    const times = [start, start + 250, start + 500, start + 750];
    await recordedSend(0, 'temperature', pointsOf('temperature', times, [25, 25.1, none, infinite], 'C'));
    await recordedSend(0, 'flux', pointsOf('flux', [1000, 2000], [3, 4], 'nA'));
    await recordedSend(1, 'flux', pointsOf('flux', [3000], [5], 'nA'));
    const [pressure, empty] = [pointsOf('pressure', [1000], [1e-9]), pointsOf('empty', [], [])];
    await recordedSend(1, undefined, pressure, pointsOf('temperature', [1000, 2000], [1, 2], 'C'), empty);
    await done(ingest.end('timeseries', id));
    await done(ingest.end('timeseries', await firstValueFrom(ingest.create(bare))));

    const [ours, theirs] = [named(server.received, recording, key), recorded(recording)].map(timestampsApart);
    expect(ours?.rest).toEqual(theirs?.rest);
    expect(largestDifference(ours!.timestamps, theirs!.timestamps)).toBeLessThan(1e-6);
    expect(phases(server.received)).toEqual(phases(recording));
  });

  it('corrects host time by the reading at capture, and recorded time by none', async () => {
    await server.close();
    await serve([toChunk(200), toChunk(200)]);
    const behind = { offsetMs: 2500, uncertaintyMs: 1, takenAt: 0 };
    const body = bodyOf([pointsOf('a', [1000, 2000], [1, 2])]);
    await send(0, 'a', body, { startMs: 1000, timeBase: 'host', clock: behind });
    await send(0, 'a', body, { startMs: 1000, timeBase: 'recorded', clock: behind });
    expect(server.received.map(({ body }) => (body as SendPointsRequest).timestamps)).toEqual([
      [3.5, 4.5],
      [1, 2],
    ]);
  });

  it('sends a chunk that grew with all its points', async () => {
    await server.close();
    await serve([toChunk(200)]);
    const grown = bodyOf([pointsOf('a', [1000], [1], 'C')], [pointsOf('a', [2000, 3000], [none, 3], 'C')]);
    expect(await send(0, 'a', grown)).toEqual({ sentBytes: grown.byteLength });
    expect(server.received[0]?.body).toEqual({
      data_id: 'd',
      chunk_index: 0,
      channel_name: 'a',
      timestamps: [1, 2, 3],
      values: [1, null, 3],
      units: 'C',
    });
  });

  it('asks nothing of the platform for a chunk without points', async () => {
    await send(0, undefined, bodyOf([pointsOf('a', [], []), pointsOf('b', [], [])]));
    await send(0, 'a', bodyOf([]));
    expect(server.received).toEqual([]);
  });

  it('does not take a reply for its own that says nothing of the chunk', async () => {
    await server.close();
    await serve([answer('/tool-state/stream/chunk', 200, { welcome: 'to our guest network' })]);
    await expect(send(0, 'a', bodyOf([pointsOf('a', [1], [1])]))).rejects.toMatchObject({
      context: { step: 'send', from: 'reply' },
    });
  });

  it.each([400, 401, 404, 409, 410, 413, 422, 429, 503])('fails with the status of a refusal, %i', async (status) => {
    await server.close();
    await serve([toChunk(status)]);
    await expect(send(0, 'a', bodyOf([pointsOf('a', [1], [1])]))).rejects.toMatchObject({
      context: { step: 'send', from: 'api', status },
    });
  });
});

describe('a chunk of several channels', () => {
  const row = bodyOf([pointsOf('a', [1000, 2000], [1, 2], 'C'), pointsOf('b', [1000, 2000], [3, none])]);

  it('goes in one request', async () => {
    await server.close();
    await serve([toMulti(200)]);
    await send(7, undefined, row);
    const channels: SendChannelsRequest['channels'] = {
      a: { timestamps: [1, 2], values: [1, 2], units: 'C' },
      b: { timestamps: [1, 2], values: [3, null] },
    };
    expect(sent()).toEqual([['chunk/multi', { data_id: 'd', chunk_index: 7, channels }]]);
  });

  it('keeps a channel whose name means something to JavaScript', async () => {
    await server.close();
    await serve([toMulti(200)]);
    await send(0, undefined, bodyOf([pointsOf('__proto__', [1000], [1])]));
    expect(JSON.stringify(server.received[0]?.body)).toContain('{"__proto__":{"timestamps":[1],"values":[1]}}');
  });

  it.each([404, 405])('goes channel by channel to a platform that answers %i, from then on at once', async (status) => {
    await server.close();
    await serve([toMulti(status), toChunk(200), toChunk(200), toChunk(200), toChunk(200)]);
    expect(await send(3, undefined, row)).toEqual({ sentBytes: row.byteLength });
    await send(4, undefined, row);
    expect(ways()).toEqual(['chunk/multi', 'chunk', 'chunk', 'chunk', 'chunk']);
    expect(sent()[2]?.[1]).toEqual({
      data_id: 'd',
      chunk_index: 3,
      channel_name: 'b',
      timestamps: [1, 2],
      values: [3, null],
    });
  });

  it('fails as closed when it is the stream that is gone, and does not hold it against the route', async () => {
    await server.close();
    await serve([toMulti(404), toChunk(404), toMulti(200)]);
    await expect(send(0, undefined, row)).rejects.toMatchObject({ context: { step: 'send', status: 404 } });
    await send(1, undefined, row);
    expect(ways()).toEqual(['chunk/multi', 'chunk', 'chunk/multi']);
  });

  it('is not taken for sent when the second of its channels failed', async () => {
    await server.close();
    await serve([toMulti(404), toChunk(200), toChunk(503), toMulti(200)]);
    await expect(send(0, undefined, row)).rejects.toMatchObject({ context: { step: 'send', status: 503 } });
    await send(0, undefined, row);
    expect(ways()).toEqual(['chunk/multi', 'chunk', 'chunk', 'chunk/multi']);
  });

  it.each([400, 409, 503])('does not fall back for a refusal with %i', async (status) => {
    await server.close();
    await serve([toMulti(status)]);
    await expect(send(0, undefined, row)).rejects.toMatchObject({ context: { step: 'send', status } });
    expect(ways()).toEqual(['chunk/multi']);
  });
});
