import { InputError } from '../model/errors.js';
import type { LiveOptions } from './liveOptions.js';

/**
 * Throws an `InputError` unless it is a stream, or a function that opens one, and options.
 *
 * @internal
 */
export const checkLive = (readable: unknown, { watchdogMs = 1 }: LiveOptions): void => {
  const isStream = typeof readable === 'function' || typeof Object(readable).on === 'function';
  if (!isStream) throw new InputError('readable', readable, 'must be a readable stream or a function that opens one');
  if (!(watchdogMs > 0)) throw new InputError('watchdogMs', watchdogMs, 'must be above 0 ms');
};
