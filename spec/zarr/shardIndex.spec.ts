import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ShardError } from '../../src/model/errors.js';
import {
  padShardIndex,
  readShardIndex,
  type ShardIndex,
  shardIndexBytes,
  writeShardIndex,
} from '../../src/zarr/shardIndex.js';

const golden = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/shards/${name}.shard`, import.meta.url));

/** Entries that lie inside `dataBytes` bytes of data, some absent. */
const indexOf = (dataBytes: number): fc.Arbitrary<ShardIndex> => {
  const entry = fc.tuple(fc.nat(dataBytes), fc.nat(dataBytes)).map(([a, b]) => ({
    offset: Math.min(a, b),
    nbytes: Math.abs(a - b),
  }));
  return fc.array(fc.option(entry), { minLength: 1, maxLength: 60 });
};

const shardOf = (dataBytes: number, index: ShardIndex): Uint8Array =>
  Uint8Array.from([...new Uint8Array(dataBytes), ...writeShardIndex(index)]);

describe('shardIndex', () => {
  it.each([
    ['full-20x6x8', 20],
    ['short-7x6x8', 7],
    ['single-1x6x8', 1],
    ['black-frames-3-to-8-20x6x8', 20],
  ])('writes the index of %s byte for byte as it was read', (name, frames) => {
    const shard = golden(name);
    const end = shard.subarray(shard.byteLength - shardIndexBytes(frames));
    expect(Buffer.from(writeShardIndex(readShardIndex(shard, frames)))).toEqual(Buffer.from(end));
  });

  it('reads the black frames of the golden shard as absent', () => {
    const index = readShardIndex(golden('black-frames-3-to-8-20x6x8'), 20);
    expect(index.flatMap((entry, k) => (entry === null ? [k] : []))).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('reads the end of a shard as it reads the whole', () => {
    const shard = golden('full-20x6x8');
    const end = shard.subarray(-shardIndexBytes(20));
    expect(readShardIndex(end, 20, shard.byteLength)).toEqual(readShardIndex(shard, 20));
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(indexOf(300), (index) => {
        expect(readShardIndex(shardOf(300, index), index.length)).toEqual(index);
      }),
    );
  });

  it('never reads an index with a damaged byte', () => {
    const damage = fc.tuple(indexOf(40), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(damage, ([index, at, flip]) => {
        const shard = shardOf(40, index);
        shard[40 + (at % shardIndexBytes(index.length))]! ^= flip;
        expect(() => readShardIndex(shard, index.length)).toThrow(ShardError);
      }),
    );
  });

  it('takes random bytes for no index, and says so with a ShardError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (bytes, frames) => {
        expect(() => readShardIndex(bytes, frames)).toThrow(ShardError);
      }),
      { examples: [[new Uint8Array(), 1]] },
    );
  });

  it('refuses a shard with another number of frames', () => {
    const shard = golden('full-20x6x8');
    expect(() => readShardIndex(shard, 19)).toThrow(ShardError);
    expect(() => readShardIndex(shard, 21)).toThrow(ShardError);
    expect(() => readShardIndex(shard, 2000)).toThrow(ShardError);
  });

  it.each<ShardIndex>([
    [{ offset: 41, nbytes: 0 }],
    [{ offset: 30, nbytes: 11 }],
    [{ offset: Number.MAX_SAFE_INTEGER, nbytes: 1 }],
  ])('refuses an entry outside the data: %o', (entry) => {
    expect(() => readShardIndex(shardOf(40, [entry]), 1)).toThrow(
      "the shard's index 0 points outside the 40 bytes of data",
    );
  });

  it('pads with absent entries at the end, and reads them back', () => {
    const index = [
      { offset: 0, nbytes: 4 },
      { offset: 4, nbytes: 3 },
    ];
    const padded = padShardIndex(index, 5);
    expect(padded).toEqual([...index, null, null, null]);
    expect(readShardIndex(shardOf(7, padded), 5)).toEqual(padded);
    expect(padShardIndex(padded, 5)).toEqual(padded);
  });

  it('refuses to pad to fewer entries than there are', () => {
    expect(() => padShardIndex([null, null], 1)).toThrow(ShardError);
  });
});
