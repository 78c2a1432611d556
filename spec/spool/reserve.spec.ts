import { describe, expect, it } from '@jest/globals';
import { Reserve } from '../../src/spool/reserve.js';
import { ManualClock } from './manualClock.js';
import { WatchedDisk } from './watchedDisk.js';

const make = (files: Record<string, Uint8Array> = {}) => {
  const disk = new WatchedDisk(files);
  const clock = new ManualClock();
  return { disk, clock, reserve: new Reserve(disk, '/s/reserve', clock) };
};

describe('Reserve', () => {
  it('takes 64 KiB that no file system makes smaller, and syncs them', async () => {
    const { disk, reserve } = make();
    expect(await reserve.take()).toBe(true);
    const bytes = await disk.read('/s/reserve');
    expect(bytes.length).toBe(65_536);
    expect(new Set(bytes).size).toBeGreaterThan(250);
    expect(disk.calls).toEqual(['create reserve', 'write reserve', 'sync reserve', 'close reserve']);
  });

  it('makes do with one that an earlier process took', async () => {
    const { disk, reserve } = make({ reserve: Uint8Array.of(1) });
    expect(await reserve.take()).toBe(true);
    expect(await disk.read('/s/reserve')).toHaveLength(1);
    expect(await reserve.give()).toBe(true);
    expect(await disk.namesIn()).toEqual([]);
  });

  it('gives up one that an earlier process took, without having looked for it', async () => {
    const { disk, reserve } = make({ reserve: Uint8Array.of(1) });
    expect(await reserve.give()).toBe(true);
    expect(await disk.namesIn()).toEqual([]);
  });

  it('can be given up once', async () => {
    const { reserve } = make();
    await reserve.take();
    expect([await reserve.give(), await reserve.give()]).toEqual([true, false]);
    await reserve.take();
    expect(await reserve.give()).toBe(true);
  });

  it.each(['create', 'write', 'sync', 'close'])('leaves nothing behind when %s fails', async (step) => {
    const { disk, reserve } = make();
    disk.fails = (kind, nth) => (kind === step && nth === 1 ? 'ENOSPC' : undefined);
    expect(await reserve.take()).toBe(false);
    expect(await disk.namesIn()).toEqual([]);
    expect(await reserve.give()).toBe(false);
    expect(disk.calls.includes('close reserve')).toBe(step !== 'create'); // Windows removes no open file
  });

  it('never fails itself', async () => {
    const { disk, clock, reserve } = make();
    disk.fails = () => 'EIO';
    expect(await reserve.give()).toBe(false);
    expect(await reserve.take()).toBe(false);
    await clock.pass(10_000);
    await reserve.takeAgain();
  });

  it('is taken again 5 s after it was given up, or asked for in vain', async () => {
    const { disk, clock, reserve } = make();
    await reserve.take();
    await clock.pass(60_000);
    await reserve.takeAgain();
    expect(disk.count('create')).toBe(1);
    await reserve.give();
    await clock.pass(4999);
    await reserve.takeAgain();
    expect(disk.count('create')).toBe(1);
    await disk.leave(100);
    await clock.pass(1);
    await reserve.takeAgain();
    expect([disk.count('create'), await disk.namesIn()]).toEqual([2, []]);
    await disk.leave(1e6);
    await clock.pass(4999);
    await reserve.takeAgain();
    expect(disk.count('create')).toBe(2);
    await clock.pass(1);
    await reserve.takeAgain();
    expect(await disk.namesIn()).toEqual(['reserve']);
  });
});
