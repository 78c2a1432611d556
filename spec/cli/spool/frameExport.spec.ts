import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FileSystemStore } from '@zarrita/storage';
import * as zarr from 'zarrita';
import { FrameExport } from '../../../src/cli/spool/frameExport.js';
import type { ChunkTime } from '../../../src/model/chunkRef.js';
import { DurableFiles } from '../../../src/server/durableFiles.js';
import { temporaryFolder } from './keptRun.js';
import { spooled } from './spooled.js';

const shard = readFileSync(join('spec', 'fixtures', 'shards', 'short-7x6x8.shard'));
const body = { dims: [7, 6, 8], bytes: shard };
const chunk = { index: 1, revision: 0, items: 7 };
const clock = { offsetMs: 250.4, uncertaintyMs: 3, takenAt: 0 };

let folder: string;
let store: FrameExport;
beforeEach(async () => {
  folder = temporaryFolder();
  const session = spooled();
  const asked = { kind: 'rheed', options: { fps: 10, rotationsPerMin: 0, chunkSize: 20 } } as const;
  store = await FrameExport.open(folder, await DurableFiles.open(join(folder, 'drafts')), session, asked);
});
const firstTime = async () => {
  const root = zarr.root(new FileSystemStore(join(folder, 'frames.zarr')));
  const { data } = await zarr.get(await zarr.open.v3(root.resolve('time'), { kind: 'array' }), [zarr.slice(20, 22)]);
  return [...(data as Float64Array)];
};
const put = (time?: ChunkTime, told?: ChunkTime) =>
  store.put({ chunk, acceptedAt: 5_000, bytes: 1, ...(time && { time }) }, { ...body, ...(told && { time: told }) });

describe('the time of an exported chunk', () => {
  it.each<[string, ChunkTime | undefined, ChunkTime | undefined, number]>([
    ['host time without a reading of the clock', { startMs: 1_000, timeBase: 'host' }, undefined, 1],
    ['reference time with one', { startMs: 1_000, timeBase: 'host', clock }, undefined, 1.25],
    ['what was recorded, as it was', { startMs: 1_000, timeBase: 'recorded', clock }, undefined, 1],
    ['what its file tells, when its record is gone', undefined, { startMs: 2_000, timeBase: 'host' }, 2],
    ['that of its acceptance, when nothing else is left', undefined, undefined, 4.3],
  ])('is %s', async (_, time, told, seconds) => {
    await put(time, told);
    expect(await firstTime()).toEqual([seconds, seconds + 0.1].map((value) => expect.closeTo(value, 9)));
    expect(store.items).toBe(7);
  });

  it('is never given to bytes that are no shard', async () => {
    const cut = { dims: [7, 6, 8], bytes: shard.subarray(0, -1) };
    await expect(store.put({ chunk, acceptedAt: 0, bytes: 1 }, cut)).rejects.toThrow('checksum');
    expect(store.items).toBe(0);
  });
});
