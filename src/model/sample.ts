import type { TimeBase } from './frame.js';

/** Why a reading has no value: the instrument said a code instead of a number. */
export type SampleFlag = 'over-range' | 'under-range' | 'not measured';

/** What an instrument said at a moment. */
export interface Reading {
  /** When it was so (event time, not arrival), ms UTC. */
  readonly t: number;
  /** NaN when it said nothing that can be used. */
  readonly value: number;
  readonly units?: string;
  /** `'recorded'` times were written by another clock (a log, a file) and are never clock-corrected. Default `'host'`. */
  readonly timeBase?: TimeBase;
  /** Why there is no value; `raw` is what stood in its place. */
  readonly flag?: SampleFlag;
  readonly raw?: number;
}

/** A reading of a named channel: a pyrometer, a gauge, a flux, a shutter. */
export interface Sample<Channel extends string = string> extends Reading {
  readonly channel: Channel;
}
