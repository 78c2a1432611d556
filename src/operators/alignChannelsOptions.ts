import type { Reading } from '../model/sample.js';
import type { Fill } from './readingAt.js';

/** One for all channels, or by name. */
export type PerChannel<Channel extends string, T> = T | Readonly<Partial<Record<Channel, T>>>;

/** Where rows stand: at the multiples of `period` ms from `origin` (ms UTC, default 0), or wherever one channel has a reading. */
export type RowTimes<Channel extends string = string> =
  | { readonly period: number; readonly origin?: number }
  | { readonly follow: Channel };

/** How {@link alignChannels} makes rows. */
export interface AlignChannelsOptions<Channel extends string = string> {
  readonly axis: RowTimes<Channel>;
  /**
   * How far a channel may lag behind the most advanced one before rows stop waiting for it, ms of event time: its slowest period
   * and its delay on the way, for `'linear'` at least. `Infinity` waits for every channel to its end, and keeps what waits: for
   * logs that are read one after the other.
   */
  readonly lateness: number;
  /** What a channel says between its readings. Default `'previous'`. */
  readonly fill?: PerChannel<Channel, Fill>;
  /**
   * How far a reading counts, ms: for `'previous'` and `'nearest'` from the row, for `'linear'` from one reading to the next.
   * Needed for every channel but those that hold, and the one that is followed.
   */
  readonly tolerance?: PerChannel<Channel, number>;
  /** A reading further ahead of all channels waits until it is confirmed. Default an hour; `Infinity` believes everything. */
  readonly farFutureMs?: number;
  /**
   * Told of a reading that came after a row it belonged to (`used` is true: it serves the later rows), and of one that is not
   * after the last of its channel (never used). Default: a process warning, `EPISTREAM_DISORDER`, for a channel's first unused one.
   */
  readonly onLate?: (channel: Channel, reading: Reading, used: boolean) => void;
  /** Told of a reading from the far future, not used. Default: a process warning, `EPISTREAM_JUMP`, for a channel's first. */
  readonly onJump?: (channel: Channel, reading: Reading) => void;
}
