import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { ShardError } from '../../src/model/errors.js';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import { shardIndexBytes, writeShardIndex } from '../../src/zarr/shardIndex.js';
import { storedZstd } from '../../src/zarr/zstd/storedZstd.js';
import { hex, ramp } from './shardEncoderContract.js';
import { availableZstds } from './zstd/availableZstds.js';

const golden = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../fixtures/shards/${name}.shard`, import.meta.url)));
const shape = (frames: number) => ({ frames, height: 6, width: 8 });

describe.each((await availableZstds()).map((zstd) => [zstd.name, zstd] as const))('decodeShard with %s', (_, zstd) => {
  it.each([
    ['full-20x6x8', ramp()],
    ['short-7x6x8', ramp(7)],
    ['single-1x6x8', ramp(1)],
    ['black-frames-3-to-8-20x6x8', ramp().map((frame, k) => (k >= 3 && k <= 8 ? new Uint8Array(48) : frame))],
  ])('decodes the golden shard %s', (name, frames) => {
    expect(decodeShard(golden(name), shape(frames.length), zstd)).toEqual(frames);
  });

  it('decodes a damaged shard or throws a ShardError, and the decoder survives', () => {
    const shard = golden('full-20x6x8');
    const data = shard.byteLength - shardIndexBytes(20);
    const damage = fc.array(fc.tuple(fc.nat(data - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Uint8Array.from(shard);
        for (const [at, value] of changes) damaged[at] = value;
        try {
          expect(decodeShard(damaged, shape(20), zstd)).toHaveLength(20);
        } catch (error) {
          expect(error).toBeInstanceOf(ShardError);
        }
        expect(hex(decodeShard(shard, shape(20), zstd))).toEqual(hex(ramp()));
      }),
      { numRuns: 200 },
    );
  });
});

describe('decodeShard', () => {
  it('names the frame that has another size', () => {
    const frame = Uint8Array.of(...new Uint8Array(64));
    const nbytes = storedZstd.compress(frame, new Uint8Array(47));
    const index = writeShardIndex([null, { offset: 0, nbytes }]);
    expect(() => decodeShard(Buffer.concat([frame, index]), shape(2), storedZstd)).toThrow(
      "the shard's frame 1 is not 48 bytes in zstd",
    );
  });

  it('believes no frame that says it is enormous: the decompressor is not even asked', () => {
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
    const index = writeShardIndex([{ offset: 0, nbytes: frame.byteLength }]);
    const decompress = jest.fn(() => 48);
    const decode = () => decodeShard(Buffer.concat([frame, index]), shape(1), { ...storedZstd, decompress });
    expect(decode).toThrow(ShardError);
    expect(decompress).not.toHaveBeenCalled();
  });
});
