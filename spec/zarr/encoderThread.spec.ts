import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { EncoderThread } from '../../src/zarr/encoderThread.js';
import { MemoryPool } from '../../src/zarr/memoryPool.js';

const shape = { width: 8, height: 6, frames: 20 };
const frame = new Uint8Array(48);
const script = (name: string) => fileURLToPath(new URL(`${name}.worker.mjs`, import.meta.url));

const begin = (name: string) => {
  const slots = new MemoryPool({ maxIdleBytes: 1_000_000 });
  const options = { level: 3, maxIdleBytes: 1_000_000, poison: false, script: script(name) };
  return { slots, thread: new EncoderThread(slots, options) };
};

describe('encoderThread', () => {
  it('gives every slot back once its frame is compressed', async () => {
    const { slots, thread } = begin('mortal');
    const shard = thread.begin(shape);
    for (let k = 0; k < 3; k++) shard.add(frame);
    expect(slots.idleBytes).toBe(0);
    await firstValueFrom(shard.finish());
    expect(slots.idleBytes).toBe(3 * 48);
    await thread.stop();
  });

  it('gives every slot back when the worker dies', async () => {
    const { slots, thread } = begin('mortal');
    const shard = thread.begin(shape);
    for (let k = 0; k < 3; k++) shard.add(new Uint8Array(48).fill(242));
    await expect(lastValueFrom(shard.finish())).rejects.toThrow('ended with code 7');
    expect([slots.idleBytes, thread.load, thread.alive]).toEqual([3 * 48, 0, false]);
  });

  it('sends the blocks of a shard back when it is released, and of one that was given up too late', async () => {
    const { thread } = begin('echo');
    const next = async () => {
      const shard = thread.begin(shape);
      shard.add(frame);
      return firstValueFrom(shard.finish());
    };
    const kept = await next();
    const late = thread.begin(shape);
    late.add(frame);
    const given = lastValueFrom(late.finish(), { defaultValue: 'given up' });
    late.abort();
    expect(await given).toBe('given up');
    expect([...(await next()).parts[0]!]).toEqual([0]);
    expect([...(await next()).parts[0]!]).toEqual([1]);
    kept.release();
    expect([...(await next()).parts[0]!]).toEqual([2]);
    await thread.stop();
  });
});
