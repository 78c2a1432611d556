import { InputError } from './errors.js';

/** As milliseconds these are weeks of 1970; as seconds they are 1985 to 2128. */
const looksLikeSeconds = (time: number): boolean => time > 5e8 && time < 5e9;

/** The year 5138: whoever means this counts microseconds. */
const LATEST_MS = 1e14;

/**
 * Throws an `InputError` unless the value is a time in ms UTC.
 *
 * @internal
 */
export const checkTimeMs = (field: string, time: number): void => {
  if (!Number.isFinite(time)) throw new InputError(field, time, 'must be a finite number of ms UTC');
  if (time > LATEST_MS) throw new InputError(field, time, 'must be in milliseconds (these look like a finer unit)');
  if (looksLikeSeconds(time)) throw new InputError(field, time, 'must be in milliseconds (these look like seconds)');
};
