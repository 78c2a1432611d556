import { crc32c } from '@node-rs/crc32';
import { ShardError } from '../model/errors.js';

/** Where one inner chunk (a frame) lies in its shard, in bytes from the shard's start. */
export interface ShardEntry {
  readonly offset: number;
  readonly nbytes: number;
}

/** An entry per inner chunk, in C order; `null` is an absent chunk, which reads as zeros. */
export type ShardIndex = readonly (ShardEntry | null)[];

const entryBytes = 16;
const crcBytes = 4;
const absent = 2n ** 64n - 1n;

/** The size of an index of `frames` entries, checksum included. */
export const shardIndexBytes = (frames: number): number => frames * entryBytes + crcBytes;

/** The bytes that end a shard: per entry little-endian `u64 offset, u64 nbytes`, then CRC-32C of them all. */
export const writeShardIndex = (index: ShardIndex): Uint8Array => {
  const bytes = new Uint8Array(shardIndexBytes(index.length));
  const view = new DataView(bytes.buffer);
  index.forEach((entry, k) => {
    view.setBigUint64(k * entryBytes, entry === null ? absent : BigInt(entry.offset), true);
    view.setBigUint64(k * entryBytes + 8, entry === null ? absent : BigInt(entry.nbytes), true);
  });
  const entries = bytes.subarray(0, -crcBytes);
  view.setUint32(entries.byteLength, crc32c(entries), true);
  return bytes;
};

/**
 * Reads the index of `frames` entries at the end of a shard, or throws a `ShardError`: too short, a wrong checksum, an entry that
 * is not inside the data.
 *
 * @param shard the shard, or at least the `shardIndexBytes(frames)` bytes that end it
 * @param shardBytes the length of the whole shard, when `shard` is only its end
 */
export const readShardIndex = (shard: Uint8Array, frames: number, shardBytes = shard.byteLength): ShardIndex => {
  const dataBytes = shardBytes - shardIndexBytes(frames);
  if (dataBytes < 0 || shard.byteLength < shardIndexBytes(frames))
    throw new ShardError('index', `does not fit: ${frames} frames need ${shardIndexBytes(frames)} bytes`);
  const bytes = shard.subarray(shard.byteLength - shardIndexBytes(frames));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = bytes.subarray(0, -crcBytes);
  if (view.getUint32(entries.byteLength, true) !== crc32c(entries))
    throw new ShardError('index', `of ${frames} frames has a wrong checksum`);
  return Array.from({ length: frames }, (_, k) => readEntry(view, k, dataBytes));
};

const readEntry = (view: DataView, k: number, dataBytes: number): ShardEntry | null => {
  const offset = view.getBigUint64(k * entryBytes, true);
  const nbytes = view.getBigUint64(k * entryBytes + 8, true);
  if (offset === absent && nbytes === absent) return null;
  if (offset + nbytes > BigInt(dataBytes))
    throw new ShardError('index', `points outside the ${dataBytes} bytes of data`, k);
  return { offset: Number(offset), nbytes: Number(nbytes) };
};

/** A short shard's index grown to `chunkSize` entries, the new ones absent: readers check every shard against the regular size. */
export const padShardIndex = (index: ShardIndex, chunkSize: number): ShardIndex => {
  if (index.length > chunkSize)
    throw new ShardError('index', `has ${index.length} entries, more than the ${chunkSize} of the array`);
  return [...index, ...Array.from({ length: chunkSize - index.length }, () => null)];
};
