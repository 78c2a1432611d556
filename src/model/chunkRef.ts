import type { ClockReading } from './clockReading.js';
import type { TimeBase } from './frame.js';

/** A chunk by name. */
export interface ChunkRef {
  /** Zero-based place in the session (for points: in its channel). */
  readonly index: number;
  readonly channel?: string;
  /** Counts up each time points are added to a chunk that was accepted before; 0 for frames. */
  readonly revision: number;
  /** Frames in it; or the points that this revision adds (as `delivered`: all that were not there before). */
  readonly items: number;
}

/** When a chunk began, in host time, with what was known of the host's clock at that moment. */
export interface ChunkTime {
  /** Capture time of its first frame, ms UTC by the host's clock (by the recorder's for `'recorded'`). */
  readonly startMs: number;
  readonly timeBase: TimeBase;
  readonly clock?: ClockReading;
}
