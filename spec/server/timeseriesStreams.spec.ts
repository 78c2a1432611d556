import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf, localServers, readArray, readAttributes } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

const initialize = { stream_name: 'MBE growth', synth_source_id: 42, points_per_chunk: 4, project_id: null };

const streaming = async (dataDir?: string) => {
  const server = await start(dataDir === undefined ? {} : { dataDir });
  const client = clientOf(server.url);
  const { data_id: dataId } = (await client.post('/tool-state/stream/initialize', initialize)).body;
  const send = (chunk_index: number, channel_name: string, timestamps: unknown[], values: unknown[], units?: string) =>
    client.post('/tool-state/stream/chunk', { data_id: dataId, chunk_index, channel_name, timestamps, values, units });
  const sendAll = (chunk_index: number, channels: object) =>
    client.post('/tool-state/stream/chunk/multi', { data_id: dataId, chunk_index, channels });
  return { server, client, dataId, send, sendAll, store: join(server.dataDir, dataId, 'channels.zarr') };
};

describe('timeseriesStreams', () => {
  it('creates a stream and keeps all that it was asked for', async () => {
    const { server, client } = await streaming();
    const { status, body } = await client.post('/tool-state/stream/initialize', initialize);
    expect({ status, body }).toEqual({
      status: 200,
      body: { data_id: expect.any(String), processed_data_id: expect.any(String) },
    });
    expect(await readAttributes(join(server.dataDir, body.data_id, 'channels.zarr'))).toMatchObject(initialize);
  });

  it('gives a stream without a name one', async () => {
    const { client } = await streaming();
    await client.post('/tool-state/stream/initialize', { ...initialize, stream_name: null });
    expect((await client.get('/streams')).body[0].name).toMatch(/^Time series \d{4}-/);
  });

  it('stores the points of a channel, a null as NaN', async () => {
    const { dataId, send, store } = await streaming();
    const reply = await send(0, 'temperature', [1.5, 2.25, 3, 4], [25, null, 25.1, 0], 'C');
    expect(reply).toMatchObject({
      status: 200,
      body: { data_id: dataId, channel_name: 'temperature', chunk_index: 0, total_points: 4 },
    });
    expect((await send(1, 'temperature', [5], [26], 'C')).body.total_points).toBe(5);
    expect(await readArray(store, 'temperature/time')).toEqual({ shape: [5], data: [1.5, 2.25, 3, 4, 5] });
    expect(await readArray(store, 'temperature/value')).toEqual({ shape: [5], data: [25, Number.NaN, 25.1, 0, 26] });
    expect(await readAttributes(store, 'temperature')).toMatchObject({ name: 'temperature', units: 'C' });
  });

  it('stores several channels of one chunk', async () => {
    const { client, dataId, sendAll, store } = await streaming();
    const reply = await sendAll(1, {
      pressure: { timestamps: [1], values: [1e-9] },
      temperature: { timestamps: [1, 2], values: [3, 4], units: 'C' },
    });
    expect(reply).toMatchObject({ status: 200, body: { data_id: dataId, chunk_index: 1 } });
    const gap = Array.from({ length: 4 }, () => Number.NaN);
    expect(await readArray(store, 'pressure/value')).toEqual({ shape: [5], data: [...gap, 1e-9] });
    expect(await readArray(store, 'temperature/time')).toEqual({ shape: [6], data: [...gap, 1, 2] });
    expect((await client.get('/streams')).body).toMatchObject([{ kind: 'timeseries', state: 'open', points: 3 }]);
  });

  it('rewrites the slice of a chunk that comes again, longer', async () => {
    const { send, store } = await streaming();
    await send(0, 'flux', [1, 2], [3, 4]);
    expect((await send(0, 'flux', [1, 2, 3], [3, 4, 5])).body.total_points).toBe(3);
    expect(await readArray(store, 'flux/value')).toEqual({ shape: [3], data: [3, 4, 5] });
  });

  it('leaves nothing of a chunk that comes again, shorter, in a channel that never gets shorter', async () => {
    const { client, send, store } = await streaming();
    await send(0, 'flux', [1, 2, 3, 4], [1, 2, 3, 4]);
    await send(1, 'flux', [5, 6, 7], [5, 6, 7]);
    expect((await send(1, 'flux', [5.5], [9])).body.total_points).toBe(5);
    const gap = [Number.NaN, Number.NaN];
    expect(await readArray(store, 'flux/time')).toEqual({ shape: [7], data: [1, 2, 3, 4, 5.5, ...gap] });
    expect(await readArray(store, 'flux/value')).toEqual({ shape: [7], data: [1, 2, 3, 4, 9, ...gap] });
    expect((await client.get('/streams')).body).toMatchObject([{ points: 5 }]);
  });

  it('takes the chunks of a channel in any order, growing or whole', async () => {
    const { send, store } = await streaming();
    const totals: number[] = [];
    const put = async (index: number, count: number): Promise<void> => {
      const values = Array.from({ length: count }, (_, k) => index * 4 + k);
      totals.push((await send(index, 'flux', values, values)).body.total_points);
    };
    for (const [index, count] of [
      [2, 1],
      [0, 2],
      [2, 3],
      [1, 4],
      [0, 4],
      [2, 3],
    ] as const)
      await put(index, count);
    expect(totals).toEqual([1, 3, 5, 9, 11, 11]);
    const all = Array.from({ length: 11 }, (_, k) => k);
    expect(await readArray(store, 'flux/time')).toEqual({ shape: [11], data: all });
    expect(await readArray(store, 'flux/value')).toEqual({ shape: [11], data: all });
  });

  it('counts the points of each channel for itself', async () => {
    const { send } = await streaming();
    await send(0, 'flux', [1, 2, 3, 4], [1, 2, 3, 4]);
    expect((await send(0, 'pressure', [1], [1])).body.total_points).toBe(1);
    expect((await send(1, 'flux', [5], [5])).body.total_points).toBe(5);
  });

  it('stores nothing of a request that changes the units of one channel', async () => {
    const { client, send, sendAll, store } = await streaming();
    await send(0, 'flux', [1], [1], 'nA');
    const grown = { timestamps: [1, 2], values: [1, 2] };
    const reply = await sendAll(0, { pressure: grown, flux: { ...grown, units: 'mA' } });
    expect(reply).toMatchObject({ status: 422, body: { detail: 'channel flux is in nA, and cannot change to mA' } });
    expect((await readdir(store)).sort()).toEqual(['flux', 'zarr.json']);
    expect((await client.get('/streams')).body).toMatchObject([{ points: 1 }]);
  });

  it('learns the units of a channel late, and does not let them change', async () => {
    const { send, store } = await streaming();
    await send(0, 'flux', [1], [3]);
    await send(1, 'flux', [2], [4], 'nA');
    await send(2, 'flux', [3], [5]);
    expect(await readAttributes(store, 'flux')).toMatchObject({ name: 'flux', units: 'nA', filled_slots: 3 });
    expect((await send(3, 'flux', [4], [6], 'mA')).status).toBe(422);
    expect((await readArray(store, 'flux/value')).shape).toEqual([9]);
  });

  it('stores nothing of a chunk of which one channel cannot be', async () => {
    const { sendAll, store } = await streaming();
    const reply = await sendAll(0, {
      good: { timestamps: [1], values: [1] },
      bad: { timestamps: [1, 2], values: [1] },
    });
    expect(reply).toMatchObject({ status: 422, body: { detail: 'channel bad has 2 timestamps and 1 values' } });
    expect(await readdir(store)).toEqual(['zarr.json']);
  });

  it.each([
    ['of unequal lengths', [0, 'a', [1, 2], [1]]],
    ['without points', [0, 'a', [], []]],
    ['with more points than a chunk has', [0, 'a', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]],
    ['without a name', [0, '', [1], [1]]],
    ['with a time that is null', [0, 'a', [null], [1]]],
    ['with a time that no date has', [0, 'a', [1e13], [1]]],
    ['with a value that is text', [0, 'a', [1], ['1']]],
    ['with a negative index', [-1, 'a', [1], [1]]],
    ['with half an index', [0.5, 'a', [1], [1]]],
    ['with an index beyond reason', [1e15, 'a', [1], [1]]],
  ] as const)('refuses a chunk %s', async (_, [index, channel, timestamps, values]) => {
    const { send, store } = await streaming();
    expect(await send(index, channel, [...timestamps], [...values])).toMatchObject({ status: 422 });
    expect(await readdir(store)).toEqual(['zarr.json']);
  });

  it.each([0, -1, 1.5, 1e9])('refuses %p points a chunk', async (points_per_chunk) => {
    const { client } = await streaming();
    expect((await client.post('/tool-state/stream/initialize', { ...initialize, points_per_chunk })).status).toBe(422);
  });

  it('refuses a chunk without channels', async () => {
    const { sendAll } = await streaming();
    expect((await sendAll(0, {})).status).toBe(422);
  });

  it('keeps every name apart, wherever it can be spelled', async () => {
    const { sendAll, server, dataId, store } = await streaming();
    const names = [
      'Temp',
      'temp',
      'TEMP',
      'CON',
      'nul.txt',
      'zarr.json',
      '../../etc/passwd',
      '..',
      'a/b',
      'a\\b',
      'a.',
      'a ',
    ];
    const longer = [
      '温度',
      'µ',
      ' ',
      'x'.repeat(300),
      `${'x'.repeat(299)}y`,
      'constructor',
      'C:\\x',
      'a:b',
      '\ud800',
      '\ud801',
    ];
    const all = [...names, ...longer];
    await sendAll(0, Object.fromEntries(all.map((name, k) => [name, { timestamps: [1], values: [k] }])));
    const directories = (await readdir(store)).filter((name) => name !== 'zarr.json');
    expect(new Set(directories.map((name) => name.toLowerCase())).size).toBe(all.length);
    const found = await Promise.all(
      directories.map(async (name) => [
        (await readAttributes(store, name)).name,
        (await readArray(store, `${name}/value`)).data[0],
      ]),
    );
    expect(new Map(found as [string, number][])).toEqual(new Map(all.map((name, k) => [name, k])));
    expect((await readdir(join(server.dataDir, dataId))).sort()).toEqual(['channels.zarr', 'stream.json']);
  });

  it('goes on after a restart where it stopped', async () => {
    const dataDir = await directory();
    const { server, dataId, send, store } = await streaming(dataDir);
    await send(0, 'Temp', [1, 2, 3, 4], [1, 2, 3, 4], 'C');
    await send(0, 'temp', [1], [9]);
    await server.close();
    const client = clientOf((await start({ dataDir })).url);
    for (const [channel_name, value] of [
      ['temp', 10],
      ['Temp', 5],
    ] as const)
      await client.post('/tool-state/stream/chunk', {
        data_id: dataId,
        chunk_index: 1,
        channel_name,
        timestamps: [5],
        values: [value],
      });
    expect((await readArray(store, 'Temp/value')).data).toEqual([1, 2, 3, 4, 5]);
    expect((await client.get('/streams')).body).toMatchObject([{ points: 7 }]);
  });

  it('catches up at the next start with a channel that a crash left between two steps', async () => {
    const dataDir = await directory();
    const { server, send, store } = await streaming(dataDir);
    await send(0, 'flux', [1, 2, 3, 4], [1, 2, 3, 4]);
    const old = await readFile(join(store, 'flux', 'zarr.json'));
    await send(1, 'flux', [5], [5]);
    await server.close();
    await writeFile(join(store, 'flux', 'zarr.json'), old);
    await start({ dataDir });
    expect(await readAttributes(store, 'flux')).toMatchObject({ name: 'flux', filled_slots: 5 });
  });

  it.each(['nA', undefined])('makes a channel whose making a crash cut short, in units %p', async (units) => {
    const dataDir = await directory();
    const { server, dataId, send, store } = await streaming(dataDir);
    const group = join(store, 'flux', 'zarr.json');
    await send(0, 'flux', [1], [1], units);
    const { attributes } = JSON.parse(await readFile(group, 'utf8'));
    await server.close();
    await rm(join(store, 'flux'), { recursive: true });
    await mkdir(join(store, 'flux'));
    const described = { attributes: { ...attributes, filled_slots: 0 }, zarr_format: 3, node_type: 'group' };
    await writeFile(group, JSON.stringify(described));
    const client = clientOf((await start({ dataDir })).url);
    const points = { timestamps: [1, 2], values: [3, 4], units };
    const reply = await client.post('/tool-state/stream/chunk', {
      data_id: dataId,
      chunk_index: 0,
      channel_name: 'flux',
      ...points,
    });
    expect(reply).toMatchObject({ status: 200, body: { total_points: 2 } });
    expect(await readArray(store, 'flux/value')).toEqual({ shape: [2], data: [3, 4] });
  });

  it('takes no points once it is finalized, and is finalized twice', async () => {
    const { client, dataId, send } = await streaming();
    await send(0, 'a', [1], [1]);
    const finalize = () => client.post(`/tool-state/stream/${dataId}/finalize`);
    expect(await finalize()).toMatchObject({ status: 200, body: {} });
    expect((await finalize()).status).toBe(200);
    expect((await send(1, 'a', [1], [1])).status).toBe(409);
    expect((await client.get('/streams')).body).toMatchObject([{ state: 'ended', points: 1 }]);
  });

  it('knows no stream that is not a time series', async () => {
    const { client } = await streaming();
    const rheed = await client.createRheed();
    const chunk = { data_id: rheed, chunk_index: 0, channel_name: 'a', timestamps: [1], values: [1] };
    expect((await client.post('/tool-state/stream/chunk', chunk)).status).toBe(404);
    expect((await client.post(`/tool-state/stream/${rheed}/finalize`)).status).toBe(404);
  });
});
