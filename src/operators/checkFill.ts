import { InputError } from '../model/errors.js';
import type { Fill } from './readingAt.js';

const fills: readonly Fill[] = ['previous', 'nearest', 'linear', 'hold'];

/**
 * Throws an `InputError` unless fill and tolerance go together: only a held channel counts for ever.
 *
 * @param of What the fields are of, ` of temperature`, for the error.
 * @internal
 */
export const checkFill = (fill: Fill, tolerance: number | undefined, of = ''): void => {
  if (!fills.includes(fill)) throw new InputError(`fill${of}`, fill, `must be one of ${fills.join(', ')}`);
  if (tolerance === undefined && fill === 'hold') return;
  if (!(typeof tolerance === 'number' && tolerance >= 0))
    throw new InputError(`tolerance${of}`, tolerance, 'must be 0 or more milliseconds');
};
