import type { CaptureTime } from './captureTimes.js';

/** When a chunk begins, and by how much it overlaps the one before. */
export interface ChunkStart {
  readonly time: CaptureTime;
  readonly overlapMs: number;
}

/**
 * Keeps the chunks of a session apart in time: one begins after the last frame of the one before.
 *
 * Frames that come faster than they were captured (a file, a camera above its declared rate) have arrival times that overlap; such
 * an estimate counts on instead. What a camera says of a capture is kept as it is.
 */
export class ChunkStarts {
  readonly #periodMs: number;
  #lastFrameMs = Number.NEGATIVE_INFINITY;

  constructor(fps: number) {
    this.#periodMs = 1000 / fps;
  }

  /** The start of the next chunk, whose first frame has this time. */
  next(time: CaptureTime): ChunkStart {
    if (time.ms > this.#lastFrameMs) return { time, overlapMs: 0 };
    const free = this.#lastFrameMs + this.#periodMs;
    return { time: time.isEstimate ? { ...time, ms: free } : time, overlapMs: free - time.ms };
  }

  /** The chunk that began then has so many frames. */
  ended({ time }: ChunkStart, frames: number): void {
    this.#lastFrameMs = time.ms + (frames - 1) * this.#periodMs;
  }
}
