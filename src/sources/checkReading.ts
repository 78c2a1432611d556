import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';

/**
 * The reading, or an `InputError` for what a sink would refuse: it would end the run there.
 *
 * @internal
 */
export const checkReading = <R extends Reading>(reading: R): R => {
  if (typeof reading !== 'object' || reading === null) throw new InputError('reading', reading, 'must be an object');
  if (typeof reading.value !== 'number') throw new InputError('value', reading.value, 'must be a number');
  checkTimeMs('t', reading.t);
  return reading;
};
