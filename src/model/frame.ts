import type { Gap } from './gap.js';
import type { PixelFormat } from './pixelFormat.js';

/** Whose clock a time was read from: this computer's as the frame came, or one that wrote it down earlier. */
export type TimeBase = 'host' | 'recorded';

/**
 * One picture of the growing surface, with what the camera knew about it.
 *
 * What is not on the wire (`frameId`, `deviceTicks`, …) still travels with the frame into journals, exports and archives.
 */
export interface Frame<P extends PixelFormat = PixelFormat> {
  readonly width: number;
  readonly height: number;
  readonly format: P;
  /** Packed rows: `width * height * channels` values. `gray16` is a `Uint16Array` in host byte order. */
  readonly data: P extends 'gray16' ? Uint16Array : Uint8Array;
  /** gray16: significant bits (12 for a 12-bit camera). Default 16. */
  readonly bits?: number;
  /** When the frame was captured, ms UTC, by the camera or its driver. A hole between such times closes a chunk early. */
  readonly capturedAt?: number;
  /** When the frame reached this computer, ms UTC: stands in for a missing `capturedAt`, and never closes a chunk. */
  readonly arrivedAt?: number;
  /** Default `'host'`. A `'recorded'` time (file names, logs) is never clock-corrected. */
  readonly timeBase?: TimeBase;
  /** The camera's own frame counter. */
  readonly frameId?: number;
  /** The camera's own clock, in its ticks. */
  readonly deviceTicks?: bigint;
  readonly exposureSeconds?: number;
  readonly gain?: number;
  /** What an overflow policy dropped just before this frame. */
  readonly gapBefore?: Gap;
}

/** A frame without its pixels: what a journal keeps beside the shard. */
export type FrameInfo = Omit<Frame, 'data'>;
