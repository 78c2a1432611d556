import { existsSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readShardIndex } from '../../src/zarr/shardIndex.js';
import { type Answer, clientOf, localServers, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

interface Frame {
  readonly frame_number: number;
  readonly relative_time_seconds: number;
  readonly mean_intensity: number;
}

const streaming = async (asked: object = {}, dataDir?: string) => {
  const server = await start(dataDir === undefined ? {} : { dataDir });
  const client = clientOf(server.url);
  const dataId = await client.createRheed(asked);
  return { server, client, dataId, ...resultsOf(client, dataId) };
};

const resultsOf = (client: ReturnType<typeof clientOf>, dataId: string) => {
  const results = (query = '') => client.get(`/rheed/timeseries/${dataId}/${query}`);
  /** The answer once it tells of so many frames. */
  const soon = async (frames: number, query = ''): Promise<Answer> => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const answer = await results(query);
      if (answer.status === 200 && framesIn(answer).length >= frames) return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`there are no ${frames} frames`);
  };
  return { results, soon };
};

const framesIn = ({ body }: Answer): Frame[] =>
  body.series_by_angle.flatMap(({ series }: { series: Frame[] }) => series);

/** Frame `k` of the shards: its pixels are 251 levels in turn, and the brightest region of 6 x 8 is one pixel. */
const frame = (k: number, ms = 1_700_000_000_000 + k * 100) => {
  const pixels = Array.from({ length: 48 }, (_, p) => (k * 48 + p) % 251);
  return {
    frame_number: k,
    relative_time_seconds: (ms - 1_700_000_000_000) / 1000,
    unix_timestamp_ms: ms,
    mean_intensity: pixels.reduce((sum, pixel) => sum + pixel) / 48,
    specular_intensity: Math.max(...pixels),
    oscillation_period: null,
  };
};
const frames = (count: number) => Array.from({ length: count }, (_, k) => frame(k));

describe('frameResults', () => {
  it('says of every frame when it was captured and how bright it is', async () => {
    const { client, dataId, soon } = await streaming();
    await client.send(dataId, 0, shards.full);
    expect((await soon(20)).body).toEqual({ series_by_angle: [{ angle: 0, series: frames(20) }] });
  });

  it('names the azimuth of a sample that stands still', async () => {
    const { client, dataId, soon } = await streaming({ azimuth_label: '[110]' });
    await client.send(dataId, 0, shards.single, { dims: '1,6,8' });
    expect((await soon(1)).body).toEqual({
      series_by_angle: [{ angle: 0, azimuth_label: '[110]', series: frames(1) }],
    });
  });

  it('divides the frames of a turning sample by angle', async () => {
    const { client, dataId, soon } = await streaming({ rotational_period: 8, rotations_per_min: 75 });
    await client.send(dataId, 0, shards.full);
    const { body } = await soon(20);
    expect(body.series_by_angle.map(({ angle }: { angle: number }) => angle)).toEqual([
      0, 45, 90, 135, 180, 225, 270, 315,
    ]);
    expect(body.series_by_angle[2].series).toEqual([frame(2), frame(10), frame(18)]);
    const last = (await soon(8, '?last_n=1')).body.series_by_angle;
    expect(last.map(({ series }: { series: Frame[] }) => series)).toEqual(
      [16, 17, 18, 19, 12, 13, 14, 15].map((k) => [frame(k)]),
    );
  });

  it('numbers frames by their slots, also behind a short chunk, and black ones too', async () => {
    const { client, dataId, soon } = await streaming();
    await client.send(dataId, 1, shards.black);
    await client.send(dataId, 0, shards.short, { dims: '7,6,8' });
    const found = framesIn(await soon(27));
    expect(found.map(({ frame_number }) => frame_number)).toEqual([
      ...Array(7).keys(),
      ...Array.from({ length: 20 }, (_, k) => 20 + k),
    ]);
    expect(found.slice(0, 7)).toEqual(frames(7));
    const black = { mean_intensity: 0, specular_intensity: 0 };
    expect(found[10]).toEqual({ ...frame(23, 1_700_000_002_300), ...black });
    expect(found[7]).toMatchObject({ relative_time_seconds: 2, mean_intensity: frame(0).mean_intensity });
  });

  it('says the last ones when asked for them', async () => {
    const { client, dataId, soon } = await streaming();
    await client.send(dataId, 0, shards.full);
    await client.send(dataId, 1, shards.short, { dims: '7,6,8' });
    const all = framesIn(await soon(27));
    for (const last of [1, 5, 25, 99])
      expect(framesIn(await soon(Math.min(last, 27), `?last_n=${last}`))).toEqual(all.slice(-last));
  });

  it('says what is there after a restart, without looking again', async () => {
    const dataDir = await directory();
    const { server, client, dataId, soon } = await streaming({}, dataDir);
    await client.send(dataId, 0, shards.full);
    const { body } = await soon(20);
    await client.end(dataId);
    await server.close();
    const again = clientOf((await start({ dataDir })).url);
    expect(await again.get(`/rheed/timeseries/${dataId}/`)).toMatchObject({ status: 200, body });
  });

  it('looks at frames as they arrive, whether somebody asks or not', async () => {
    const { server, client, dataId, results } = await streaming();
    await client.send(dataId, 0, shards.full);
    while (!existsSync(join(server.dataDir, dataId, 'intensities', '0.json')))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(framesIn(await results())).toEqual(frames(20));
  });

  it('looks at what nobody has looked at when somebody asks', async () => {
    const dataDir = await directory();
    const { server, client, dataId, soon } = await streaming({}, dataDir);
    await client.send(dataId, 0, shards.full);
    const { body } = await soon(20);
    await server.close();
    await rm(join(dataDir, dataId, 'intensities'), { recursive: true });
    const again = resultsOf(clientOf((await start({ dataDir })).url), dataId);
    expect((await again.results()).status).toBe(404);
    expect((await again.soon(20)).body).toEqual(body);
  });

  it('looks again where a file is not of the shard that is there, or is none', async () => {
    const dataDir = await directory();
    const { server, client, dataId, soon } = await streaming({}, dataDir);
    for (let index = 0; index < 4; index += 1) await client.send(dataId, index, shards.full);
    const { body } = await soon(80);
    await server.close();
    const file = (index: number): string => join(dataDir, dataId, 'intensities', `${index}.json`);
    const text = await readFile(file(0), 'utf8');
    await utimes(join(dataDir, dataId, 'frames.zarr', 'frames', 'c', '0', '0', '0'), 1, 1);
    await writeFile(file(1), text.slice(0, -20));
    await writeFile(file(2), (await readFile(file(2), 'utf8')).replace(/"mean":.*/, '"mean":[1],"specular":[1]}'));
    await writeFile(file(3), '{"mean": 7}');
    const again = resultsOf(clientOf((await start({ dataDir })).url), dataId);
    expect((await again.results()).status).toBe(404);
    expect((await again.soon(80)).body).toEqual(body);
  });

  it('looks again at a chunk that comes again', async () => {
    const { client, dataId, soon } = await streaming();
    await client.send(dataId, 0, shards.full);
    await soon(20);
    await client.send(dataId, 0, shards.black);
    for (;;) {
      const found = framesIn(await soon(1));
      // In between the chunk is not known; never a mixture.
      expect([frame(3).mean_intensity, 0]).toContain(found[3]?.mean_intensity);
      expect(found).toHaveLength(20);
      if (found[3]?.mean_intensity === 0) break;
    }
  });

  it('takes a shorter chunk in the place of a longer one', async () => {
    const { client, dataId, results, soon } = await streaming();
    await client.send(dataId, 0, shards.full);
    await soon(20);
    await client.send(dataId, 0, shards.short, { dims: '7,6,8' });
    while ((await results()).status === 404);
    expect(framesIn(await results())).toEqual(frames(7));
  });

  it('knows nothing of a frame whose bytes are none, and all of the others', async () => {
    const { client, dataId, soon } = await streaming();
    const damaged = Buffer.from(shards.full);
    const entry = readShardIndex(damaged, 20)[4];
    damaged.fill(0, entry?.offset, (entry?.offset ?? 0) + (entry?.nbytes ?? 0));
    await client.send(dataId, 0, damaged);
    const wanted = frames(20).map((one, k) =>
      k === 4 ? { ...one, mean_intensity: null, specular_intensity: null } : one,
    );
    expect(framesIn(await soon(20))).toEqual(wanted);
  });

  it('says once why it could not look, and then tries again', async () => {
    const { server, client, dataId, results, soon } = await streaming();
    const path = join(server.dataDir, dataId, 'intensities');
    // A file where the directory should be.
    await writeFile(path, '');
    await client.send(dataId, 0, shards.full);
    let answer = await results();
    while (answer.status === 404) answer = await results();
    expect(answer).toMatchObject({ status: 500, body: { detail: expect.stringMatching(/EEXIST|ENOTDIR/) } });
    await rm(path);
    await soon(20);
  });

  it('knows nothing before there are frames, and no stream that nobody made, or of channels', async () => {
    const { client, results } = await streaming();
    expect(await results()).toMatchObject({ status: 404, body: { detail: expect.stringMatching(/no frame/) } });
    const initialize = { stream_name: null, points_per_chunk: 4, project_id: null };
    const { data_id } = (await client.post('/tool-state/stream/initialize', initialize)).body;
    for (const id of ['11111111-1111-4111-8111-111111111111', data_id])
      expect((await client.get(`/rheed/timeseries/${id}/`)).status).toBe(404);
  });

  it('refuses a count that is none', async () => {
    const { results } = await streaming();
    expect((await results('?last_n=0')).body.detail[0].loc).toEqual(['query', 'last_n']);
  });

  it('leaves what it has not looked at when the platform closes', async () => {
    const dataDir = await directory();
    const { server, client, dataId } = await streaming({}, dataDir);
    for (let index = 0; index < 6; index += 1) await client.send(dataId, index, shards.full);
    await server.close();
    const kept = existsSync(join(dataDir, dataId, 'intensities'))
      ? await readdir(join(dataDir, dataId, 'intensities'))
      : [];
    expect(await readdir(join(dataDir, 'drafts'))).toEqual([]);
    const again = resultsOf(clientOf((await start({ dataDir })).url), dataId);
    expect(framesIn(await again.soon(120))).toHaveLength(120);
    expect(kept.length).toBeLessThanOrEqual(6);
  });
});
