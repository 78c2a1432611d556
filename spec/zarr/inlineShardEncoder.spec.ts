import { describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import { openZstd } from '../../src/zarr/zstd/openZstd.js';
import { bytesOf, ramp, shardEncoderContract } from './shardEncoderContract.js';

const zstd = await openZstd();

shardEncoderContract('inlineShardEncoder', () => inlineShardEncoder({ poison: true }));
shardEncoderContract(`inlineShardEncoder with ${zstd.name}`, () => inlineShardEncoder({ zstd, poison: true }));

describe('inlineShardEncoder', () => {
  it('has the shard at once, in virtual time too', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ expectObservable }) => {
      const shard = inlineShardEncoder().begin({ width: 8, height: 6, frames: 20 });
      for (const frame of ramp()) shard.add(frame);
      const finished = shard.finish();
      expectObservable(finished, '^').toBe('(c|)', { c: expect.objectContaining({ dims: [20, 6, 8] }) });
      expectObservable(finished, '----^').toBe('----(c|)', {
        c: expect.objectContaining({ byteLength: 20 * 64 + 324 }),
      });
    });
  });

  it('stores frames as they are unless it is given a compressor', () => {
    const size = (encoder = inlineShardEncoder()) => {
      const shard = encoder.begin({ width: 100, height: 100, frames: 1 });
      let bytes = 0;
      shard.add(new Uint8Array(10_000));
      shard.finish().subscribe((chunk) => {
        bytes = bytesOf(chunk).byteLength;
      });
      return bytes;
    };
    expect(size()).toBe(10_000 + 16 + 20);
    expect(size(inlineShardEncoder({ zstd }))).toBeLessThan(100);
  });
});
