import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunPart, runStreamName } from '../../src/model/runStreamName.js';
import { clientOf, localServers, readArray, readAttributes, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const askedAt = Date.UTC(2026, 10, 21, 8, 15);

/** A client that makes streams of runs. */
const running = async (dataDir?: string) => {
  const server = await start(dataDir === undefined ? {} : { dataDir });
  const client = clientOf(server.url);
  let asked = askedAt;
  const create = async (run: string, part: RunPart): Promise<string> => {
    const name = runStreamName({ run, part, askedAt: asked++ });
    if (part === 'frames') return client.createRheed({ data_item_name: name });
    const initialize = { stream_name: name, points_per_chunk: 4, project_id: null };
    return (await client.post('/tool-state/stream/initialize', initialize)).body.data_id;
  };
  const point = (data_id: string, channel_name: string, value: number) =>
    client.post('/tool-state/stream/chunk', {
      data_id,
      chunk_index: 0,
      channel_name,
      timestamps: [1],
      values: [value],
    });
  const listed = async (): Promise<
    readonly { data_id: string; name: string; run?: string; part?: string; path: string }[]
  > => (await client.get('/streams')).body;
  const pathOf = async (dataId: string): Promise<string> =>
    relative(server.dataDir, (await listed()).find(({ data_id }) => data_id === dataId)?.path ?? '');
  return { server, dataDir: server.dataDir, client, create, point, listed, pathOf };
};

describe('RunFolders', () => {
  it('keeps the frames, channels and events of a run in one folder', async () => {
    const { dataDir, client, create, point, listed, pathOf } = await running();
    const [frames, channels, events] = [
      await create('Growth run 42', 'frames'),
      await create('Growth run 42', 'channels'),
      await create('Growth run 42', 'events'),
    ];
    await client.send(frames, 0, shards.full);
    await point(channels, 'flux', 7);
    await point(events, 'open Ga', 1);
    expect(await pathOf(frames)).toBe(join('Growth run 42', 'frames', 'frames.zarr'));
    expect(await pathOf(channels)).toBe(join('Growth run 42', 'channels', 'channels.zarr'));
    expect(await pathOf(events)).toBe(join('Growth run 42', 'events', 'channels.zarr'));
    expect((await listed()).map(({ run, part }) => [run, part])).toEqual([
      ['Growth run 42', 'events'],
      ['Growth run 42', 'channels'],
      ['Growth run 42', 'frames'],
    ]);
    const folder = join(dataDir, 'Growth run 42');
    expect((await readArray(join(folder, 'frames', 'frames.zarr'), 'frames')).shape).toEqual([20, 6, 8]);
    expect((await readArray(join(folder, 'channels', 'channels.zarr'), 'flux/value')).data).toEqual([7]);
    expect(await readAttributes(join(folder, 'frames', 'frames.zarr'))).toMatchObject({
      name: 'Growth run 42 / frames 2026-11-21T08:15:00.000Z',
      run: 'Growth run 42',
      part: 'frames',
      data_id: frames,
    });
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual({ run: 'Growth run 42' });
    expect(await readdir(join(folder, 'channels'))).toEqual(['channels.zarr', 'stream.json']);
  });

  it('numbers the segments of a run, also of those that are made at once', async () => {
    const { create, pathOf } = await running();
    const ids = await Promise.all([create('Run', 'frames'), create('Run', 'frames'), create('Run', 'channels')]);
    ids.push(await create('Run', 'frames'));
    const paths = await Promise.all(ids.map(async (id) => dirname(await pathOf(id))));
    expect(paths.slice(0, 2).sort()).toEqual([join('Run', 'frames'), join('Run', 'frames-2')]);
    expect(paths.slice(2)).toEqual([join('Run', 'channels'), join('Run', 'frames-3')]);
  });

  it('leaves streams of other names in directories called after their ids', async () => {
    const { client, pathOf } = await running();
    const plain = await client.createRheed({ data_item_name: 'Growth run 42 / frames' });
    const mistaken = await client.createRheed({
      data_item_name: runStreamName({ run: 'Run', part: 'channels', askedAt }),
    });
    for (const id of [plain, mistaken]) expect(await pathOf(id)).toBe(join(id, 'frames.zarr'));
  });

  it('finds every stream after a restart, and goes on with the numbers', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    const open = await before.create('Run', 'frames');
    await before.client.send(open, 0, shards.full);
    await before.client.end(await before.create('Run', 'frames'));
    await before.client.createRheed();
    await before.point(await before.create('Run', 'channels'), 'flux', 7);
    const list = await before.listed();
    await before.server.close();
    const after = await running(dataDir);
    expect(await after.listed()).toEqual(list);
    await after.client.send(open, 1, shards.full);
    expect((await readArray(join(dataDir, 'Run', 'frames', 'frames.zarr'), 'frames')).shape).toEqual([40, 6, 8]);
    expect(await after.pathOf(await after.create('Run', 'frames'))).toBe(join('Run', 'frames-3', 'frames.zarr'));
    expect(await after.pathOf(await after.create('Run', 'events'))).toBe(join('Run', 'events', 'channels.zarr'));
  });

  it('never has two runs in one folder, nor a run in the way of the platform, wherever its name can be spelled', async () => {
    const { server, dataDir, create, listed } = await running();
    const names = [
      ...['Run', 'run', 'RUN', 'CON', 'nul.txt', '..', '../../etc/passwd', 'a/b', 'a\\b', 'a:b', 'a?', 'a.', 'x a'],
      ...[
        'drafts',
        'Drafts',
        'tags.json',
        'TAGS.JSON',
        'tracked_samples.json',
        'physical_samples.json',
        'upload.secret',
      ],
      ...[
        '11111111-1111-4111-8111-111111111111',
        '温度',
        'Grün',
        'Gr\u0075\u0308n',
        'x'.repeat(300),
        `${'x'.repeat(299)}y`,
      ],
      ...['a / b', 'frames', 'run.json', 'run / channels 2026-11-21T08:15:00.000Z', '.lock', '__proto__'],
    ];
    for (const name of names) await create(name, 'frames');
    for (const name of names.slice(0, 5)) await create(name, 'events');
    const folders = new Map<string, Set<string>>();
    for (const { run = '', path } of await listed()) {
      const [folder = '', part = ''] = relative(dataDir, path).split(/[/\\]/);
      expect(part).toMatch(/^(frames|events)$/);
      folders.set(run, (folders.get(run) ?? new Set()).add(folder));
    }
    expect([...folders.keys()].sort()).toEqual([...names].sort());
    for (const found of folders.values()) expect(found.size).toBe(1);
    const all = [...folders.values()].flatMap((found) => [...found]);
    expect(new Set(all.map((folder) => folder.toLowerCase())).size).toBe(names.length);
    for (const folder of all) expect(folder).toMatch(/^[A-Za-z0-9_~][A-Za-z0-9 _.~-]{0,98}[A-Za-z0-9_-]$/);
    expect((await readdir(dataDir)).filter((name) => !all.includes(name)).sort()).toEqual(['drafts', 'upload.secret']);
    const list = await listed();
    await server.close();
    expect(await (await running(dataDir)).listed()).toEqual(list);
  });

  it('leaves a folder of somebody else alone', async () => {
    const dataDir = await directory();
    await mkdir(join(dataDir, 'growth run 42'));
    await writeFile(join(dataDir, 'growth run 42', 'notes.txt'), 'mine');
    const { create, pathOf } = await running(dataDir);
    expect(await pathOf(await create('Growth run 42', 'frames'))).toMatch(
      /^growth_run_42~[0-9a-f]{16}[/\\]frames[/\\]/,
    );
    expect(await readdir(join(dataDir, 'growth run 42'))).toEqual(['notes.txt']);
  });

  it('knows a run by what its folder says, whatever that is called, and takes a copy for a copy', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    const id = await before.create('Run', 'frames');
    await before.server.close();
    await cp(join(dataDir, 'Run'), join(dataDir, 'The good one'), { recursive: true });
    const both = await running(dataDir);
    expect(await both.pathOf(id)).toBe(join('Run', 'frames', 'frames.zarr'));
    expect(await both.listed()).toHaveLength(1);
    await both.server.close();
    await rm(join(dataDir, 'Run'), { recursive: true });
    const moved = await running(dataDir);
    expect(await moved.pathOf(id)).toBe(join('The good one', 'frames', 'frames.zarr'));
    expect(await moved.pathOf(await moved.create('Run', 'frames'))).toMatch(/^The good one[/\\]frames-2/);
  });

  it('passes over a place whose making a crash cut short', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    await before.create('Run', 'frames');
    await before.server.close();
    await mkdir(join(dataDir, 'Run', 'frames-2', 'frames.zarr'), { recursive: true });
    const after = await running(dataDir);
    expect(await after.listed()).toHaveLength(1);
    expect(await after.pathOf(await after.create('Run', 'frames'))).toBe(join('Run', 'frames-3', 'frames.zarr'));
  });

  it('opens a directory in which streams of runs lie beside each other, as they did once, and leaves them there', async () => {
    const dataDir = await directory();
    const before = await running(dataDir);
    const id = await before.create('Run', 'channels');
    await before.point(id, 'flux', 7);
    await before.server.close();
    await cp(join(dataDir, 'Run', 'channels'), join(dataDir, id), { recursive: true });
    await rm(join(dataDir, 'Run'), { recursive: true });
    const after = await running(dataDir);
    expect(await after.pathOf(id)).toBe(join(id, 'channels.zarr'));
    expect((await after.point(id, 'pressure', 8)).status).toBe(200);
    expect((await readArray(join(dataDir, id, 'channels.zarr'), 'flux/value')).data).toEqual([7]);
    expect(await after.pathOf(await after.create('Run', 'channels'))).toBe(join('Run', 'channels', 'channels.zarr'));
  });

  it('names a file that says nothing of a run', async () => {
    const dataDir = await directory();
    await mkdir(join(dataDir, 'Run'));
    await writeFile(join(dataDir, 'Run', 'run.json'), '{"run": 7}');
    await expect(start({ dataDir })).rejects.toMatchObject({
      _tag: 'InputError',
      context: { value: join(dataDir, 'Run', 'run.json') },
    });
  });
});
