/** Frames (or points) that a stream should have had and has not: a contiguous hole, counted and timed. */
export interface Gap {
  /** Frames or points missing. For `'time'` an estimate: the hole divided by the frame period. */
  readonly frames: number;
  /** Capture time of the first missing frame, ms UTC (for `'time'`: of the last frame before the hole). */
  readonly fromMs: number;
  /** Capture time of the last missing frame, ms UTC (for `'time'`: of the first frame after the hole). */
  readonly toMs: number;
  /** Whose points they are. */
  readonly channel?: string;
  /** `'policy'`: dropped by a named policy. `'time'`: the capture times jump. */
  readonly cause: 'policy' | 'time';
}
