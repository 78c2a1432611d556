import type { Observable } from 'rxjs';
import type { EncodedChunk } from '../model/encodedChunk.js';

/** Makes shards out of frames. */
export interface ShardEncoder {
  /** Starts a shard of at most `frames` frames. */
  begin(shape: { readonly width: number; readonly height: number; readonly frames: number }): ShardInProgress;
  /** Waits for the shards begun, then lets go of threads and memory; completes. */
  close(): Observable<never>;
}

/** A shard being filled, frame by frame. */
export interface ShardInProgress {
  /** Frames added so far. */
  readonly count: number;
  /** Raw bytes of the frames added so far. */
  readonly heldBytes: number;
  /** Copies one frame's pixels before it returns: the caller may reuse the buffer. */
  add(pixels: Uint8Array): void;
  /** Ends the shard with as many index entries as frames were added. Hot; emits once, errors when the encoder failed. */
  finish(): Observable<EncodedChunk>;
  /** Gives up the shard and its memory, at any moment; a `finish` that waits completes without a chunk. */
  abort(): void;
}
