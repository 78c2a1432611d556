import zlib from 'node:zlib';
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
    compress: (into, bytes) => {
      // Without the pledge some versions leave the content size out, and other readers refuse the frame.
      const options = { params, pledgedSrcSize: bytes.byteLength, chunkSize: Math.max(64, into.byteLength) };
      const frame = zstdCompressSync(bytes, options);
      into.set(frame);
      return frame.byteLength;
    },
    decompress: (into, frame) => {
      const bytes = zstdDecompressSync(frame, {
        maxOutputLength: into.byteLength,
        chunkSize: Math.max(64, into.byteLength),
      });
      into.set(bytes);
      return bytes.byteLength;
    },
  };
};
