/** Zstandard, whoever provides it: whole frames from and into memory of the caller's, views of SharedArrayBuffers too. */
export interface Zstd {
  /** Whose code it is. */
  readonly name: 'node:zlib' | 'zstd-napi' | '@bokuweb/zstd-wasm' | 'stored';
  /** Writes `bytes` as one frame that states its content size; `into` has room for `compressBound`. Returns the bytes written. */
  compress(into: Uint8Array, bytes: Uint8Array): number;
  /** Reads one frame, whose content `into` has room for. Returns the bytes written; throws for what is no frame. */
  decompress(into: Uint8Array, frame: Uint8Array): number;
}

/** Opens a provider at a compression level; rejects where this computer has not got it. */
export type OpenZstd = (level: number) => Promise<Zstd>;
