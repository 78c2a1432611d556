import type { EncodedChunk } from '../model/encodedChunk.js';

/** A finished shard. `letGo` is called once, by the first `release`. */
export const encodedShard = (
  parts: readonly Uint8Array[],
  dims: readonly number[],
  letGo: () => void,
): EncodedChunk => {
  let released = false;
  return {
    parts,
    byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
    dims,
    release: () => {
      if (released) return;
      released = true;
      letGo();
    },
  };
};

/** Fills what was let go of with 0xA5, so that whoever still reads it will see. */
export const poisonParts = (parts: readonly Uint8Array[]): void => {
  for (const part of parts) part.fill(0xa5);
};
