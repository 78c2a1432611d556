import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import type { Disk } from '../../src/files/disk.js';
import { Space } from '../../src/spool/space.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/** A space on a disk with so many bytes free; what is written is seen there at once. */
const spaceOf = ({ maxBytes = Number.POSITIVE_INFINITY, minFreeBytes = 0, free = 1000 } = {}) => {
  const scheduler = new VirtualTimeScheduler();
  const disk = { free, freeBytes: async () => disk.free };
  const clock = { scheduler, wallMs: () => 0 };
  const space = new Space({ disk: disk as unknown as Disk, clock, root: 'spool', maxBytes, minFreeBytes });
  const told: string[] = [];
  const take = (name: string, bytes: number, left = never) =>
    void space.take(bytes, left).then((taken) => {
      if (taken) disk.free -= bytes;
      if (taken) space.written(bytes);
      told.push(taken ? name : `${name} left`);
    });
  return { space, disk, told, take, scheduler };
};

describe('the space of a spool', () => {
  it('gives what maxBytes allows, in turn, and the rest as it comes back', async () => {
    const { space, told, take } = spaceOf({ maxBytes: 100 });
    for (const [name, bytes] of Object.entries({ a: 60, b: 60, c: 10 })) take(name, bytes);
    await settled();
    expect(told).toEqual(['a']); // c would fit, and waits its turn
    expect(space.status()).toMatchObject({ usedBytes: 60, roomBytes: 40, isFull: true });
    space.give(60);
    await settled();
    expect(told).toEqual(['a', 'b', 'c']);
    expect(space.status()).toMatchObject({ usedBytes: 70, roomBytes: 30, isFull: false });
  });

  it('leaves minFreeBytes of the disk to others, and counts what is taken and not written yet', async () => {
    const { space, told, take } = spaceOf({ minFreeBytes: 900, free: 1000 });
    void space.take(60, never);
    take('b', 60);
    await settled();
    expect(told).toEqual([]);
    expect(space.status().roomBytes).toBe(40);
    space.give(60);
    space.written(60);
    await settled();
    expect(told).toEqual(['b']);
  });

  it('looks again whether others have made room', async () => {
    const { told, take, disk, scheduler } = spaceOf({ minFreeBytes: 1000, free: 1000 });
    take('a', 10);
    await settled();
    disk.free = 2000;
    await settled();
    expect(told).toEqual([]);
    scheduler.flush();
    await settled();
    expect(told).toEqual(['a']);
  });

  it('lets a chunk that is larger than maxBytes into an empty spool, and no other', async () => {
    const { told, take, space } = spaceOf({ maxBytes: 10 });
    take('large', 50);
    take('small', 1);
    await settled();
    expect(told).toEqual(['large']);
    space.give(50);
    await settled();
    expect(told).toEqual(['large', 'small']);
  });

  it('forgets who waits no more', async () => {
    const { told, take, space } = spaceOf({ maxBytes: 10 });
    const left = new AbortController();
    take('a', 10);
    take('b', 10, left.signal);
    take('c', 10);
    await settled();
    left.abort();
    await settled();
    expect(told).toEqual(['a', 'b left']);
    space.give(10);
    await settled();
    expect(told).toEqual(['a', 'b left', 'c']);
    take('d', 1, left.signal);
    await settled();
    expect(told.at(-1)).toBe('d left');
  });

  it('knows its room before anybody takes of it, and calls nothing full that only waits for a look', async () => {
    const { space, take } = spaceOf({ minFreeBytes: 400 });
    await settled();
    expect(space.status()).toMatchObject({ roomBytes: 600, isFull: false });
    take('a', 10);
    expect(space.status().isFull).toBe(false);
  });

  it('looks at the disk once for many who ask together, and once more for who asks in the meantime', async () => {
    const { space, told, disk } = spaceOf({ free: 0 });
    await settled();
    const looks: ((bytes: number) => void)[] = [];
    disk.freeBytes = () => new Promise((resolve) => looks.push(resolve));
    const taken = Array.from({ length: 100 }, () =>
      space.take(1, new AbortController().signal).then(() => told.push('taken')),
    );
    expect(looks).toHaveLength(1);
    looks[0]?.(0);
    await settled();
    expect([told, looks.length]).toEqual([[], 2]);
    looks[1]?.(100);
    await Promise.all(taken);
    expect(looks).toHaveLength(2);
  });

  it('counts what was found there', async () => {
    const { told, take, space } = spaceOf({ maxBytes: 10 });
    space.found(8);
    take('a', 5);
    await settled();
    expect([told, space.status().usedBytes]).toEqual([[], 8]);
  });

  it('is written until the disk refuses, when the disk does not say what is free', async () => {
    const { told, take, disk } = spaceOf({ minFreeBytes: 500 });
    disk.freeBytes = () => Promise.reject(new Error('ENOSYS'));
    take('a', 5000);
    await settled();
    expect(told).toEqual(['a']);
  });

  it('tells the hours left at the pace of the last minutes, while it grows', async () => {
    const { space, scheduler } = spaceOf({ maxBytes: 10_000, free: 1e9 });
    const grow = async (atMs: number, bytes: number) => {
      scheduler.frame = atMs;
      void space.take(bytes, never);
      await settled();
    };
    await grow(0, 100);
    expect(space.status().hoursLeft).toBeUndefined();
    await grow(60_000, 100);
    // 100 bytes a minute, 9,800 left
    expect(space.status().hoursLeft).toBeCloseTo(9800 / 6000, 6);
    scheduler.frame = 121_000;
    expect(space.status().hoursLeft).toBeUndefined(); // it has not grown for a minute
    await grow(121_000, 100);
    expect(space.status().hoursLeft).toBeDefined();
    space.give(300);
    expect(space.status().hoursLeft).toBeUndefined();
  });
});
