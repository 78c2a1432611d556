import type { Frame } from '../model/frame.js';
import { grayFrame } from './grayFrame.js';

/** How a run of test frames looks. */
export interface FramesOptions {
  /** Pixels. Default 4. */
  readonly width?: number;
  /** Pixels. Default 3. */
  readonly height?: number;
  /** Frames a second between the capture times. Default 10. */
  readonly fps?: number;
  /** Capture time of frame 0, ms UTC. Default the start of 2026. */
  readonly startMs?: number;
}

/**
 * `count` consecutive gray8 frames with counters, capture times and pixels that differ from frame to frame.
 *
 * @example
 * ```ts
 * import { frames } from 'epistream/testing';
 *
 * const [first, second] = frames(2, { fps: 50, startMs: 1000 });
 * console.log(first.frameId, first.capturedAt, second.frameId, second.capturedAt);
 * // → 0 1000 1 1020
 * ```
 */
export const frames = (count: number, options: FramesOptions = {}): Frame<'gray8'>[] => {
  const { width = 4, height = 3, fps = 10, startMs = Date.UTC(2026, 0) } = options;
  return Array.from({ length: count }, (_, frameId) =>
    grayFrame({ width, height, frameId, capturedAt: startMs + (frameId * 1000) / fps }),
  );
};
