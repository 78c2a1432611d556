import { type FileHandle, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkAndPadShard } from '../../src/server/frameStore.js';
import { readShardIndex } from '../../src/zarr/shardIndex.js';
import { clientOf, localServers, pixels, readArray, readAttributes, shards } from './localServer.js';

const { start, directory, tidy } = localServers();
afterEach(tidy);

/** A server with one RHEED stream, and where that is kept. */
const streaming = async () => {
  const server = await start();
  const client = clientOf(server.url);
  const dataId = await client.createRheed();
  return { server, client, dataId, store: join(server.dataDir, dataId, 'frames.zarr') };
};

const times = (index: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => (1_700_000_000_000 + index * 2000 + k * 100) / 1000);
const gap = (count: number): number[] => Array.from({ length: count }, () => Number.NaN);
const black = (count: number): number[] => Array.from({ length: count * 48 }, () => 0);

/** The arrays' documents, as the group's holds them. */
const readGroup = async (store: string): Promise<object> =>
  JSON.parse(await readFile(join(store, 'zarr.json'), 'utf8')).consolidated_metadata.metadata;

describe('uploads', () => {
  it('stores a chunk of frames with their times', async () => {
    const { client, dataId, store } = await streaming();
    const reply = await client.send(dataId, 0, shards.full);
    expect(reply.status).toBe(200);
    expect(reply.headers.etag).toMatch(/^"[0-9a-f]{8}-1464"$/);
    expect(await readArray(store, 'frames')).toEqual({ shape: [20, 6, 8], data: pixels(20) });
    expect(await readArray(store, 'time')).toEqual({ shape: [20], data: times(0, 20) });
  });

  it('answers a presign with a list of one URL, of the host that was asked', async () => {
    const { server, client, dataId } = await streaming();
    const { status, body } = await client.presign(dataId, 3);
    expect(status).toBe(200);
    expect(body).toEqual([{ url: expect.any(String), upload_id: expect.any(String), part: 1 }]);
    expect(body[0].url).toMatch(`${server.url}/store/${dataId}/frames.zarr/frames/c/3/0/0?`);
  });

  it('keeps short chunks in the middle and at the end, their empty slots black and without a time', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 0, shards.black);
    await client.send(dataId, 1, shards.short, { dims: '7,6,8' });
    await client.send(dataId, 2, shards.single, { dims: '1,6,8' });
    const frames = await readArray(store, 'frames');
    expect(frames.shape).toEqual([41, 6, 8]);
    expect(frames.data.slice(0, 20 * 48)).toEqual([...pixels(3), ...black(6), ...pixels(20).slice(9 * 48)]);
    expect(frames.data.slice(20 * 48)).toEqual([...pixels(7), ...black(13), ...pixels(1)]);
    expect((await readArray(store, 'time')).data).toEqual([
      ...times(0, 20),
      ...times(1, 7),
      ...gap(13),
      ...times(2, 1),
    ]);
  });

  it('grows for a chunk that comes early, and reads zeros without times where the others will be', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 2, shards.full);
    expect(await readArray(store, 'frames')).toEqual({ shape: [60, 6, 8], data: [...black(40), ...pixels(20)] });
    expect((await readArray(store, 'time')).data).toEqual([...gap(40), ...times(2, 20)]);
    await client.send(dataId, 0, shards.full);
    const frames = await readArray(store, 'frames');
    expect(frames).toEqual({ shape: [60, 6, 8], data: [...pixels(20), ...black(20), ...pixels(20)] });
  });

  it('rewrites a chunk that comes again, and counts its frames once', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 0, shards.short, { dims: '7,6,8' });
    expect((await client.send(dataId, 0, shards.full)).status).toBe(200);
    expect((await client.send(dataId, 0, shards.full)).status).toBe(200);
    expect(await readArray(store, 'frames')).toEqual({ shape: [20, 6, 8], data: pixels(20) });
    expect((await client.get('/streams')).body[0].frames).toBe(20);
  });

  it('never makes the array shorter', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 1, shards.full);
    await client.send(dataId, 1, shards.short, { dims: '7,6,8' });
    expect((await readArray(store, 'frames')).shape).toEqual([40, 6, 8]);
    expect((await readArray(store, 'time')).data).toEqual([...gap(20), ...times(1, 7), ...gap(13)]);
    expect((await client.get('/streams')).body[0].frames).toBe(7);
    expect(await readGroup(store)).toMatchObject({ time: { shape: [40] }, frames: { shape: [40, 6, 8] } });
  });

  it('catches up at the next start with a group document that a crash left behind', async () => {
    const dataDir = await directory();
    const before = await start({ dataDir });
    const client = clientOf(before.url);
    const dataId = await client.createRheed();
    const store = join(dataDir, dataId, 'frames.zarr');
    await client.send(dataId, 0, shards.full);
    const old = await readFile(join(store, 'zarr.json'));
    await client.send(dataId, 1, shards.full);
    await before.close();
    await writeFile(join(store, 'zarr.json'), old);
    await start({ dataDir });
    expect(await readGroup(store)).toMatchObject({ time: { shape: [40] }, frames: { shape: [40, 6, 8] } });
    expect((await readAttributes(store)).filled_slots).toBe(40);
  });

  it('takes chunks side by side', async () => {
    const { client, dataId, store } = await streaming();
    const replies = await Promise.all(Array.from({ length: 12 }, (_, k) => client.send(dataId, 11 - k, shards.full)));
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect((await readArray(store, 'frames')).shape).toEqual([240, 6, 8]);
    expect((await readArray(store, 'time')).data).toEqual(Array.from({ length: 12 }, (_, k) => times(k, 20)).flat());
    expect((await readAttributes(store)).filled_slots).toBe(240);
  });

  it.each([
    ['cut short', shards.full.subarray(0, -1)],
    ['too long', Buffer.concat([shards.full, Buffer.from([0])])],
    ['empty', Buffer.alloc(0)],
    ['of fewer frames than it says', shards.short],
    ['with a damaged index', Buffer.from(shards.full).fill(7, 1464 - 100, 1464 - 99)],
    ['with a damaged checksum', Buffer.from(shards.full).fill(7, 1463, 1464)],
  ])('refuses a body %s, and shows nothing of it', async (_, body) => {
    const { server, client, dataId, store } = await streaming();
    const reply = await client.send(dataId, 0, body);
    expect(reply).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/shard/) } });
    expect(await readdir(store)).toEqual(['zarr.json']);
    expect(await readdir(join(server.dataDir, 'drafts'))).toEqual([]);
  });

  it('leaves the array as it was when a later body is refused', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 0, shards.full);
    await client.send(dataId, 0, shards.full.subarray(0, -1));
    await client.send(dataId, 1, shards.full.subarray(0, -1));
    expect(await readArray(store, 'frames')).toEqual({ shape: [20, 6, 8], data: pixels(20) });
  });

  it('refuses a body larger than its dims can need', async () => {
    const { client, dataId } = await streaming();
    const reply = await client.send(dataId, 0, Buffer.alloc(100_000)).catch((error: { code: string }) => error.code);
    // The server hangs up while the body is still coming, so the answer may not be seen.
    expect(['UND_ERR_SOCKET', 'EPIPE', 'ECONNRESET', 413]).toContain(typeof reply === 'string' ? reply : reply.status);
  });

  it.each([
    ['another frame size', { dims: '20,8,6' }],
    ['another chunk size', { chunkSize: 40 }],
  ])('refuses %s than the stream began with', async (_, chunk) => {
    const { client, dataId } = await streaming();
    await client.send(dataId, 0, shards.full);
    expect(await client.presign(dataId, 1, chunk)).toMatchObject({ status: 422, body: { detail: expect.any(String) } });
  });

  it('refuses another frame size also when its URL is older than the first chunk', async () => {
    const { client, dataId, store } = await streaming();
    const early = await client.presign(dataId, 1, { dims: '20,8,6' });
    await client.send(dataId, 0, shards.full);
    expect((await client.put(early.body[0].url, shards.full)).status).toBe(422);
    expect((await readArray(store, 'frames')).shape).toEqual([20, 6, 8]);
  });

  it.each([
    ['more frames than a chunk has', { dims: '21,6,8' }],
    ['no frames', { dims: '0,6,8' }],
    ['no height', { dims: '20,0,8' }],
    ['a fourth dimension', { dims: '20,6,8,1' }],
    ['words', { dims: 'a,b,c' }],
    ['an endless chunk', { chunkSize: 1e9 }],
    ['a rate of 0', { rate: '0.0' }],
    ['a place outside the array', { file: '../../../etc/passwd' }],
    ['an encoded way out', { file: 'frames.zarr/frames/c/0/0/0/..%2f..' }],
    ['a file beside the frames', { file: 'frames.zarr/zarr.json' }],
    ['a chunk number beyond reason', { file: 'frames.zarr/frames/c/9999999999/0/0' }],
  ])('refuses to sign a URL for %s', async (_, chunk) => {
    const { server, client, dataId } = await streaming();
    expect((await client.presign(dataId, 0, chunk)).status).toBe(422);
    expect(await readdir(join(server.dataDir, dataId))).toEqual(['frames.zarr', 'stream.json']);
  });

  it('names the fields of a body that does not decode', async () => {
    const { client } = await streaming();
    const query = 'original_filename=frames.zarr/frames/c/0/0/0&num_parts=1&staging_type=stream';
    const { status, body } = await client.post(`/data_entries/raw_data/staged/upload_urls/?${query}`, { dims: 7 });
    expect(status).toBe(422);
    expect(body.detail).toContainEqual({ loc: ['body', 'data_id'], msg: 'must be a non-empty string' });
    expect(body.detail).toContainEqual({ loc: ['body', 'dims'], msg: 'must be string' });
  });

  it.each(['../../etc', '11111111-1111-4111-8111-111111111111'])('knows no stream %s', async (dataId) => {
    const { client } = await streaming();
    expect((await client.presign(dataId, 0)).status).toBe(404);
  });

  it('takes no chunk of a stream that has ended, neither with a new URL nor with an old one', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 0, shards.full);
    const { body } = await client.presign(dataId, 1);
    await client.end(dataId);
    expect((await client.presign(dataId, 1)).status).toBe(409);
    expect((await client.put(body[0].url, shards.full)).status).toBe(409);
    expect((await readArray(store, 'frames')).shape).toEqual([20, 6, 8]);
  });

  it('honours a URL after a restart, on whatever port', async () => {
    const dataDir = await directory();
    const before = await start({ dataDir });
    const dataId = await clientOf(before.url).createRheed();
    const { body } = await clientOf(before.url).presign(dataId, 0);
    await before.close();
    const after = await start({ dataDir });
    const url = body[0].url.replace(before.url, after.url);
    expect((await clientOf(after.url).put(url, shards.full)).status).toBe(200);
    expect((await readArray(join(dataDir, dataId, 'frames.zarr'), 'frames')).data).toEqual(pixels(20));
  });

  it.each([
    ['other dims', (url: string) => url.replace('dims=20', 'dims=19')],
    ['another chunk', (url: string) => url.replace('/c/0/', '/c/1/')],
    ['a later expiry', (url: string) => url.replace(/expires=(\d)/, 'expires=9$1')],
    [
      'another signature',
      (url: string) => url.replace(/signature=./, (start) => `${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`),
    ],
    ['no signature', (url: string) => url.replace(/&signature=.*/, '')],
    ['a tail', (url: string) => `${url}&dims=1,1,1`],
    ['a way out', (url: string) => url.replace('/c/0/0/0', '/c/..%2f..%2f0/0/0')],
  ])('refuses a URL with %s', async (_, alter) => {
    const { server, client, dataId } = await streaming();
    const { body } = await client.presign(dataId, 0);
    const altered = alter(body[0].url);
    expect(altered).not.toBe(body[0].url);
    expect((await client.put(altered, shards.full)).status).toBe(403);
    expect(await readdir(join(server.dataDir, dataId, 'frames.zarr'))).toEqual(['zarr.json']);
  });

  it('pads the whole index also where the disk takes it in pieces', async () => {
    const path = join(await directory(), 'shard');
    await writeFile(path, shards.short);
    const file = await open(path, 'r+');
    const reluctant = Object.assign(Object.create(file) as FileHandle, {
      read: file.read.bind(file),
      write: (bytes: Uint8Array, from: number, length: number, position: number) =>
        file.write(bytes, from, Math.min(length, 100), position),
    });
    await checkAndPadShard(reluctant, shards.short.byteLength, { frames: 7, chunkSize: 20 });
    await file.close();
    expect(readShardIndex(await readFile(path), 20).slice(7)).toEqual(Array.from({ length: 13 }, () => null));
  });

  it('pads the index of a stored short shard to the chunk size', async () => {
    const { client, dataId, store } = await streaming();
    await client.send(dataId, 0, shards.short, { dims: '7,6,8' });
    const stored = await readFile(join(store, 'frames', 'c', '0', '0', '0'));
    expect(stored.byteLength).toBe(515 + 13 * 16);
    expect(readShardIndex(stored, 20).slice(7)).toEqual(Array.from({ length: 13 }, () => null));
  });
});
