import { ShardError } from '../model/errors.js';
import { readShardIndex } from './shardIndex.js';
import { contentSize } from './zstd/contentSize.js';
import type { Zstd } from './zstd/zstd.js';

/** The shape of a shard: its frames, and their rows and columns. */
export interface ShardShape {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The frames of a shard, each `height * width` bytes; an absent one is black. Throws a `ShardError` for bytes that are not a shard of
 * this shape.
 */
export const decodeShard = (shard: Uint8Array, shape: ShardShape, zstd: Zstd): Uint8Array[] =>
  readShardIndex(shard, shape.frames).map((entry, k) => {
    const pixels = new Uint8Array(shape.height * shape.width);
    if (entry !== null) decodeFrame(shard.subarray(entry.offset, entry.offset + entry.nbytes), pixels, k, zstd);
    return pixels;
  });

/** Fills `pixels` with frame `k` of a shard, `frame` being its bytes there. Throws a `ShardError` for bytes that are no such frame. */
export const decodeFrame = (frame: Uint8Array, pixels: Uint8Array, k: number, zstd: Zstd): void => {
  const rule = `is not ${pixels.byteLength} bytes in zstd`;
  try {
    const fits = (contentSize(frame) ?? pixels.byteLength) === pixels.byteLength;
    if (fits && zstd.decompress(pixels, frame) === pixels.byteLength) return;
  } catch (cause) {
    throw new ShardError('frame', rule, k, { cause });
  }
  throw new ShardError('frame', rule, k);
};
