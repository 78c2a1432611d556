import { describe, expect, it } from '@jest/globals';
import { MemoryPool } from '../../src/zarr/memoryPool.js';

describe('memoryPool', () => {
  it('gives back what it was given, when the size is the same', () => {
    const pool = new MemoryPool({ maxIdleBytes: 100 });
    const memory = pool.take(10);
    expect(memory.byteLength).toBe(10);
    pool.give(memory);
    expect(pool.take(11)).not.toBe(memory);
    expect(pool.take(10)).toBe(memory);
    expect(pool.take(10)).not.toBe(memory);
  });

  it('lets the oldest go when too much lies idle, so that a new frame size drives out the old', () => {
    const pool = new MemoryPool({ maxIdleBytes: 100 });
    const old = [pool.take(40), pool.take(40)];
    for (const memory of old) pool.give(memory);
    pool.give(pool.take(30));
    expect(pool.idleBytes).toBe(70);
    expect(pool.take(40)).toBe(old[1]);
    expect(pool.idleBytes).toBe(30);
    expect(old).not.toContain(pool.take(40));
    pool.give(pool.take(101));
    expect(pool.idleBytes).toBe(0);
  });

  it('poisons what came back, if asked to', () => {
    const bytesAfter = (poison: boolean) => {
      const pool = new MemoryPool({ maxIdleBytes: 100, poison });
      pool.give(pool.take(2));
      return [...new Uint8Array(pool.take(2))];
    };
    expect(bytesAfter(true)).toEqual([0xa5, 0xa5]);
    expect(bytesAfter(false)).toEqual([0, 0]);
  });

  it('lets go of everything when it is cleared', () => {
    const pool = new MemoryPool({ maxIdleBytes: 100 });
    const memory = pool.take(10);
    pool.give(memory);
    pool.clear();
    expect(pool.idleBytes).toBe(0);
    expect(pool.take(10)).not.toBe(memory);
  });
});
