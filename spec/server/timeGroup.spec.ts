import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DurableFiles } from '../../src/server/durableFiles.js';
import { seriesBytes, TimeGroup } from '../../src/server/timeGroup.js';
import { seriesDocument } from '../../src/zarr/storeMetadata.js';
import { readArray } from './localServer.js';

/** The process died here. */
class Died extends Error {}

/** Files of a process that dies before its `life`-th file has its place. */
const mortal = (files: DurableFiles, life: number): DurableFiles => {
  let left = life;
  const write: DurableFiles['write'] = async (path, bytes) => {
    if (left === 0) throw new Died();
    left -= 1;
    await files.write(path, bytes);
  };
  return Object.assign(Object.create(files) as DurableFiles, { write });
};

const members = {
  time: seriesDocument({ length: 0, chunkLength: 4 }),
  value: seriesDocument({ length: 0, chunkLength: 4 }),
};
/** Chunk `index` with `count` points: times index*10 and on, values their negatives. */
const timesOf = (index: number, count: number): number[] => Array.from({ length: count }, (_, k) => index * 10 + k + 1);

let directory: string;
let path: string;
let files: DurableFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'epistream-group-'));
  path = join(directory, 'group.zarr');
  files = await DurableFiles.open(join(directory, 'drafts'));
});
afterEach(() => rm(directory, { recursive: true }));

const put = (group: TimeGroup, via: DurableFiles, index: number, count: number): Promise<void> => {
  const times = timesOf(index, count);
  const values = seriesBytes(
    times.map((time) => -time),
    4,
  );
  return group.put(index, times, () => via.write(join(path, 'value', 'c', String(index)), values));
};

/** What readers of the arrays see; every slot with a time has its value, and the group says no more than the arrays. */
const readConsistent = async (): Promise<readonly number[]> => {
  const group = await TimeGroup.open(path, files);
  if (group.members.time === undefined) return [];
  const [time, value] = [await readArray(path, 'time'), await readArray(path, 'value')];
  expect(group.members.value?.shape).toEqual(group.members.time.shape);
  expect(time.shape[0]).toBeGreaterThanOrEqual(value.shape[0] ?? 0);
  expect(value.shape[0]).toBeGreaterThanOrEqual(group.length);
  value.data.forEach((found, k) => {
    const at = time.data[k] ?? Number.NaN;
    if (!Number.isNaN(at)) expect(found).toBe(-at);
  });
  return time.data;
};

describe('TimeGroup', () => {
  it('grows over every chunk, also those that come early, and counts what it holds', async () => {
    const group = await TimeGroup.open(path, files);
    await group.create(members);
    await put(group, files, 1, 2);
    expect([group.length, group.filled]).toEqual([6, 2]);
    await put(group, files, 0, 3);
    expect([group.length, group.filled]).toEqual([6, 5]);
    await put(group, files, 1, 4);
    expect([group.length, group.filled]).toEqual([8, 7]);
    await put(group, files, 1, 1);
    expect([group.length, group.filled]).toEqual([8, 4]);
    expect(await readConsistent()).toEqual([1, 2, 3, Number.NaN, 11, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('is the same when it is opened again', async () => {
    const group = await TimeGroup.open(path, files);
    await group.describe({ name: 'flux' });
    await group.create(members);
    await put(group, files, 2, 3);
    const again = await TimeGroup.open(path, files);
    expect([again.length, again.filled, again.attributes]).toEqual([11, 3, { name: 'flux', filled_slots: 3 }]);
  });

  it('looks past what a file browser left among its chunks', async () => {
    const group = await TimeGroup.open(path, files);
    await group.create(members);
    await put(group, files, 0, 3);
    await writeFile(join(path, 'time', 'c', '.DS_Store'), 'how the window looked');
    await group.recover();
    expect([group.length, group.filled]).toEqual([3, 3]);
    expect(await readConsistent()).toEqual([1, 2, 3]);
  });

  it('is consistent wherever the process died, and whole after recovery', async () => {
    const chunks = fc.array(fc.record({ index: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(30), async (run, life) => {
        await rm(path, { recursive: true, force: true });
        const dying = mortal(files, life);
        const group = await TimeGroup.open(path, dying);
        const acknowledged: { readonly index: number; readonly count: number }[] = [];
        try {
          await group.create(members);
          for (const { index, count } of run) {
            await put(group, dying, index, count);
            acknowledged.push({ index, count });
          }
        } catch (error) {
          if (!(error instanceof Died)) throw error;
        }
        await readConsistent();
        const recovered = await TimeGroup.open(path, files);
        if (recovered.members.time === undefined) return;
        await recovered.recover();
        const times = await readConsistent();
        expect(times).toHaveLength(recovered.length);
        expect(times.filter((time) => !Number.isNaN(time))).toHaveLength(recovered.filled);
        // The chunk of the moment may be old or new; every other is as it was acknowledged.
        const ofTheMoment = run[acknowledged.length]?.index;
        const latest = new Map(acknowledged.map(({ index, count }) => [index, count]));
        for (const [index, count] of latest)
          if (index !== ofTheMoment) expect(times.slice(index * 4, index * 4 + count)).toEqual(timesOf(index, count));
      }),
      {
        numRuns: 50,
        endOnFailure: true,
        examples: [
          [
            [
              { index: 0, count: 3 },
              { index: 0, count: 2 },
            ],
            9,
          ],
        ],
      },
    );
  }, 20_000);

  it('mends itself before the next chunk when a disk was full for a while', async () => {
    for (let life = 0; life < 6; life += 1) {
      await rm(path, { recursive: true, force: true });
      let failing = files;
      const write: DurableFiles['write'] = (target, bytes) => failing.write(target, bytes);
      const group = await TimeGroup.open(path, Object.assign(Object.create(files) as DurableFiles, { write }));
      await group.create(members);
      failing = mortal(files, life);
      await put(group, failing, 0, 4).catch(() => undefined);
      failing = files;
      await put(group, files, 0, 4);
      await put(group, files, 1, 2);
      expect([group.length, group.filled]).toEqual([6, 6]);
      expect(await readConsistent()).toEqual([...timesOf(0, 4), ...timesOf(1, 2)]);
    }
    expect(await readdir(join(directory, 'drafts'))).toEqual([]);
  });
});
