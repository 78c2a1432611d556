import type { Links } from './links.js';

/** What a RHEED session is asked for. */
export interface RheedOptions extends Links {
  /** Frames a second of the capture. Above 120 the platform's behaviour is not documented. */
  readonly fps: number;
  /** Sample rotation, turns a minute; 0 for a stationary sample. */
  readonly rotationsPerMin: number;
  /** Frames a chunk, at least two seconds of them: `chunkSize >= ceil(2 * fps)`. */
  readonly chunkSize: number;
  /** What people will find the run by. Default `RHEED Stream @ 4:37PM` (local time). */
  readonly streamName?: string | undefined;
  /** Label of the azimuth looked along, on a stationary sample only. */
  readonly azimuth?: string | undefined;
  /** Capture time of frame 0, ms UTC, for frames that carry none; such times count as `'recorded'`. Default: the first arrival. */
  readonly startMs?: number | undefined;
  /** What a hole in the capture times does to the chunk being filled. Default `'split'`: it is closed early, so that times stay true. */
  readonly onGap?: 'split' | 'keep' | undefined;
  /** What happens when the platform closes the stream in mid-run. Default `'continue'`: a continuation stream takes the rest. */
  readonly onClosed?: 'continue' | 'keep' | undefined;
}
