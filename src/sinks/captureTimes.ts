import type { Frame, TimeBase } from '../model/frame.js';
import type { Gap } from '../model/gap.js';
import type { RheedOptions } from '../model/rheedOptions.js';

/** When a frame was captured, and by whose clock. */
export interface CaptureTime {
  readonly ms: number;
  readonly timeBase: TimeBase;
  /** Not the camera's word: an arrival, or counted on. */
  readonly isEstimate: boolean;
}

/** More than this many periods between two capture times is a hole. */
const HOLE_PERIODS = 1.5;

/** Names the moments of a session's frames, and finds the holes between them. */
export class CaptureTimes {
  readonly #periodMs: number;
  #startMs: number | undefined;
  #count = 0;
  #lastCapturedAt: number | undefined;

  constructor(private readonly options: Pick<RheedOptions, 'fps' | 'startMs'>) {
    this.#periodMs = 1000 / options.fps;
    this.#startMs = options.startMs;
  }

  /** The frame's own time; without one it is counted on from `startMs`, or from `arrivedAt` of the first that had none. */
  of(frame: Frame, arrivedAt: number): CaptureTime {
    this.#count += frame.gapBefore?.frames ?? 0;
    const index = this.#count++;
    const { capturedAt, timeBase: ownBase = 'host' } = frame;
    const own = capturedAt ?? (this.options.startMs === undefined ? frame.arrivedAt : undefined);
    if (own !== undefined) return { ms: own, timeBase: ownBase, isEstimate: capturedAt === undefined };
    this.#startMs ??= arrivedAt - index * this.#periodMs;
    const timeBase = this.options.startMs === undefined ? 'host' : 'recorded';
    return { ms: this.#startMs + index * this.#periodMs, timeBase, isEstimate: true };
  }

  /** The hole before a frame: what a policy dropped, or a jump of real capture times (arrival times jitter, and tell nothing). */
  holeBefore({ capturedAt, gapBefore }: Frame): Gap | undefined {
    const last = this.#lastCapturedAt;
    this.#lastCapturedAt = capturedAt;
    if (gapBefore !== undefined) return gapBefore;
    if (capturedAt === undefined || last === undefined) return undefined;
    const periods = (capturedAt - last) / this.#periodMs;
    if (periods <= HOLE_PERIODS) return undefined;
    return { frames: Math.round(periods) - 1, fromMs: last, toMs: capturedAt, cause: 'time' };
  }
}
