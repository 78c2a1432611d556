/** Encoded bytes on their way. Whoever holds them last calls `release` once: it hands the arena back. */
export interface EncodedChunk {
  /** The body in order; never concatenated on the way. Valid until `release`. */
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
  /** frames, height, width; or points. */
  readonly dims: readonly number[];
  release(): void;
}
