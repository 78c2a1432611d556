import type { Frame } from './frame.js';

/** Consecutive frames that are stored and sent as one shard; never empty, all of one size. */
export interface FrameChunk {
  readonly frames: readonly [Frame<'gray8'>, ...Frame<'gray8'>[]];
}
