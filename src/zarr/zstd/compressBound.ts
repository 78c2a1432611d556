const block = 128 * 1024;

/** The most bytes that `byteLength` bytes compress to, in the worst case (`ZSTD_COMPRESSBOUND` of zstd.h). */
export const compressBound = (byteLength: number): number =>
  byteLength + (byteLength >>> 8) + (byteLength < block ? (block - byteLength) >>> 11 : 0);
