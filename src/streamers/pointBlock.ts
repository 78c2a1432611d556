import { InputError } from '../model/errors.js';
import type { TimeBase } from '../model/frame.js';
import type { Points } from '../model/timeseriesSession.js';

/** Points of one channel, as a script has them: unix seconds, and as many values; NaN where there is none. */
export interface PointBlock {
  /** Unix seconds, each after the one before. */
  readonly timestamps: readonly number[] | Float64Array;
  readonly values: readonly number[] | Float64Array | Float32Array;
  readonly units?: string | undefined;
  /** Default `'host'`: times of this computer's clock, which are sent as the platform's. `'recorded'` times are sent as they are. */
  readonly timeBase?: TimeBase | undefined;
}

/** The year 5138 in seconds; in milliseconds, 1973. */
const LEAST_MS = 1e11;

/** The points with their times in ms. What is true of them in any unit (order, lengths, units) is the session's to check. */
export const pointsOf = (block: PointBlock): Points => {
  const { timestamps, values, units, timeBase } = Object(block) as Partial<PointBlock>;
  return {
    times: Array.from(listOf('timestamps', timestamps), toMs),
    values: Array.from(listOf('values', values)),
    ...(units === undefined ? {} : { units }),
    ...(timeBase === undefined ? {} : { timeBase }),
  };
};

const listOf = (field: string, list: ArrayLike<number> | undefined): ArrayLike<number> => {
  if (!Array.isArray(list) && !(list instanceof Float64Array) && !(list instanceof Float32Array))
    throw new InputError(field, list, 'must be an array of numbers');
  return list;
};

const toMs = (seconds: number): number => {
  if (!Number.isFinite(seconds)) throw new InputError('timestamps', seconds, 'must be finite unix seconds');
  if (seconds < 0) throw new InputError('timestamps', seconds, 'must not be before 1970 (unix seconds)');
  if (seconds >= LEAST_MS)
    throw new InputError('timestamps', seconds, 'must be unix seconds (this looks like milliseconds)');
  return seconds * 1000;
};
