import { contentSize } from './contentSize.js';
import type { Zstd } from './zstd.js';

const magic = 0xfd2fb528;
/** Content size in 8 bytes, a single segment: no window descriptor. */
const descriptor = 0b1110_0000;
const headerBytes = 13;
const blockHeaderBytes = 3;
const maxBlockBytes = 128 * 1024;

/** The raw blocks of a frame of `size` bytes: their header, and where their bytes lie in the content and in the frame. (RFC 8878, 3.1.1.2) */
const blocksOf = (size: number) =>
  Array.from({ length: Math.max(1, Math.ceil(size / maxBlockBytes)) }, (_, k, from = k * maxBlockBytes) => {
    const bytes = Math.min(maxBlockBytes, size - from);
    const last = from + bytes === size ? 1 : 0;
    return { from, bytes, header: (bytes << 3) | last, at: headerBytes + from + blockHeaderBytes * (k + 1) };
  });

const readHeader = (frame: Uint8Array, at: number): number =>
  frame[at - 3]! | (frame[at - 2]! << 8) | (frame[at - 1]! << 16);

/**
 * zstd frames that hold their bytes uncompressed: real frames that every reader decodes, written and read at once, without native code
 * or an asynchronous start. It reads its own frames only.
 */
export const storedZstd: Zstd = {
  name: 'stored',
  compress: (into, bytes) => {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    view.setUint32(0, magic, true);
    view.setUint8(4, descriptor);
    view.setBigUint64(5, BigInt(bytes.byteLength), true);
    const blocks = blocksOf(bytes.byteLength);
    for (const block of blocks) {
      into.set([block.header & 0xff, (block.header >>> 8) & 0xff, block.header >>> 16], block.at - blockHeaderBytes);
      into.set(bytes.subarray(block.from, block.from + block.bytes), block.at);
    }
    return headerBytes + blocks.length * blockHeaderBytes + bytes.byteLength;
  },
  decompress: (into, frame) => {
    const size = contentSize(frame);
    if (frame[4] !== descriptor || size === undefined || size > into.byteLength)
      throw new RangeError('not a stored zstd frame that fits');
    for (const { from, bytes, header, at } of blocksOf(size)) {
      if (readHeader(frame, at) !== header || at + bytes > frame.byteLength)
        throw new RangeError('not a stored zstd frame, or cut short');
      into.set(frame.subarray(at, at + bytes), from);
    }
    return size;
  },
};
