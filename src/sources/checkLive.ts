import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { LiveOptions } from './liveOptions.js';

const OPTION_NAMES: readonly (keyof LiveOptions)[] = ['name', 'watchdogMs', 'mayEnd', 'onBad', 'signal', 'clock'];

/**
 * Throws an `InputError` unless it is a stream, or a function that opens one, and options.
 *
 * @internal
 */
export const checkLive = (source: string, readable: unknown, options: LiveOptions, more: readonly string[]): void => {
  checkOptionNames(source, options, [...OPTION_NAMES, ...more]);
  const { watchdogMs = 1 } = options;
  const isStream = typeof readable === 'function' || typeof Object(readable).on === 'function';
  if (!isStream) throw new InputError('readable', readable, 'must be a readable stream or a function that opens one');
  if (!(watchdogMs > 0)) throw new InputError('watchdogMs', watchdogMs, 'must be above 0 ms');
};
