import { compress, decompress, init } from '@bokuweb/zstd-wasm';
import type { OpenZstd } from './zstd.js';

// A second init never answers.
let ready: Promise<void> | undefined;

/** zstd as WebAssembly: the slowest, and the one that every computer has. */
export const wasmZstd: OpenZstd = async (level) => {
  ready ??= init();
  await ready;
  return {
    name: '@bokuweb/zstd-wasm',
    compress: (into, bytes) => {
      const frame = compress(bytes, level);
      into.set(frame);
      return frame.byteLength;
    },
    decompress: (into, frame) => {
      const bytes = decompress(frame, { defaultHeapSize: into.byteLength });
      into.set(bytes);
      return bytes.byteLength;
    },
  };
};
