import type { Clock } from '../flow/clock.js';
import type { BadReading } from './badReading.js';

/** How to listen to a byte stream that does not wait: {@link fromLines}, {@link fromMsgpack}. */
export interface LiveOptions {
  /** What is at the other end, for errors and warnings. Default `'the instrument'`. */
  readonly name?: string;
  /**
   * The longest silence, ms; nothing whole for longer is a `SourceError` with the fault `'silent'`. A gauge whose cable is pulled never
   * closes its connection, so a TCP or serial line should have one. Default: any silence is good.
   */
  readonly watchdogMs?: number;
  /**
   * Whether the stream may end: otherwise its end is a `SourceError` with the fault `'unreachable'`, so that `retryBackoff` opens it again.
   * Default: a stream may, one that a function opens (to be opened again) may not.
   */
  readonly mayEnd?: boolean;
  /** Told of what is no reading. Default: a process warning for the first of it. */
  readonly onBad?: (bad: BadReading) => void;
  /** Aborting completes the stream and destroys the connection. */
  readonly signal?: AbortSignal;
  /** Names the moments of arrival, and moves the watchdog. Default: this computer's. */
  readonly clock?: Clock;
}
