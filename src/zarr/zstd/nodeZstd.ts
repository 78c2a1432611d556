import zlib from 'node:zlib';
import { contentSize } from './contentSize.js';
import type { OpenZstd } from './zstd.js';

/** What `node:zlib` has from Node 22.15; the types of the oldest supported Node do not know it. */
interface ZlibZstd {
  zstdCompressSync(bytes: Uint8Array, options: object): Uint8Array;
  zstdDecompressSync(frame: Uint8Array, options: object): Uint8Array;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

/** Node's own zstd. */
export const nodeZstd: OpenZstd = async (level) => {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as Partial<ZlibZstd>;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined || constants === undefined)
    throw new Error('node:zlib has zstd from Node 22.15');
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return {
    name: 'node:zlib',
    // In one call zstd knows the content size and states it; a stream would need it pledged, or other readers refuse the frame.
    compress: (into, bytes) => {
      const frame = zstdCompressSync(bytes, { params, chunkSize: roomFor(into) });
      into.set(frame);
      return frame.byteLength;
    },
    decompress: (into, frame) => {
      const bytes = zstdDecompressSync(frame, { maxOutputLength: into.byteLength, chunkSize: roomFor(into) });
      // Node 22 takes a frame that is cut short for one that ends there.
      if (bytes.byteLength !== (contentSize(frame) ?? bytes.byteLength)) throw new RangeError('a zstd frame cut short');
      into.set(bytes);
      return bytes.byteLength;
    },
  };
};

/** One piece of output, so that nothing is put together from pieces; zlib takes no less than 64 bytes. */
const roomFor = (into: Uint8Array): number => Math.max(64, into.byteLength);
