import type { EncodedChunk } from '../../src/model/encodedChunk.js';

/** A chunk's bytes as an encoder lends them: overwritten as soon as they are released. */
export interface LentBody extends EncodedChunk {
  /** How often it was released. */
  readonly released: number;
}

/** Bytes in two parts, views of a larger arena. */
export const lentBody = (...bytes: number[]): LentBody => {
  const arena = new Uint8Array(bytes.length + 2).fill(0xee);
  arena.set(bytes, 1);
  const half = 1 + (bytes.length >> 1);
  let released = 0;
  return {
    parts: [arena.subarray(1, half), arena.subarray(half, 1 + bytes.length)],
    byteLength: bytes.length,
    dims: [2, 3, 4],
    get released() {
      return released;
    },
    release: () => {
      released++;
      arena.fill(0xa5);
    },
  };
};
