import { InputError } from '../model/errors.js';

/**
 * Throws an `InputError` unless both are times that can be waited for, `Infinity` as well.
 *
 * @internal
 */
export const checkWait = (lateness: number, farFutureMs: number): void => {
  if (!(typeof lateness === 'number' && lateness >= 0))
    throw new InputError('lateness', lateness, 'must be 0 or more milliseconds');
  if (!(typeof farFutureMs === 'number' && farFutureMs > 0))
    throw new InputError('farFutureMs', farFutureMs, 'must be a number of milliseconds above 0');
};
