import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import { readShardIndex } from '../../src/zarr/shardIndex.js';
import { ShardWriter } from '../../src/zarr/shardWriter.js';
import { storedZstd } from '../../src/zarr/zstd/storedZstd.js';

describe('shardWriter', () => {
  it('writes frames back to back across blocks, and takes a block only when a frame might not fit', () => {
    const frames = Array.from({ length: 7 }, () => randomBytes(100));
    const writer = new ShardWriter(storedZstd, (atLeast) => new Uint8Array(Math.max(400, atLeast)));
    for (const frame of frames) writer.add(frame);
    const parts = writer.finish();
    // 116 bytes a frame that may need 163: three frames a block, then one and the index.
    expect(parts.map((part) => part.byteLength)).toEqual([348, 348, 232]);
    expect(writer.blocks.map((block) => block.byteLength)).toEqual([400, 400, 400]);
    const shard = Buffer.concat(parts);
    const offsets = readShardIndex(shard, 7).map((entry) => entry?.offset);
    expect(offsets).toEqual([0, 116, 232, 348, 464, 580, 696]);
    expect(
      decodeShard(shard, { frames: 7, height: 10, width: 10 }, storedZstd).map((frame) => Buffer.from(frame)),
    ).toEqual(frames);
  });

  it('takes a block for an index that does not fit into the last', () => {
    const writer = new ShardWriter(storedZstd, (atLeast) => new Uint8Array(atLeast));
    for (let k = 0; k < 5; k++) writer.add(Uint8Array.of(k));
    const parts = writer.finish();
    expect(parts.map((part) => part.byteLength)).toEqual([17, 17, 17, 17, 17, 84]);
    expect(decodeShard(Buffer.concat(parts), { frames: 5, height: 1, width: 1 }, storedZstd)).toEqual(
      [0, 1, 2, 3, 4].map((k) => Uint8Array.of(k)),
    );
  });
});
