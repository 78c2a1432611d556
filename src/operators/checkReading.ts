import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';

/**
 * Throws an `InputError` that names the channel, unless a reading has a time in ms and a number.
 *
 * @internal
 */
export const checkReading = (channel: string, reading: Reading): void => {
  if (typeof reading !== 'object' || reading === null)
    throw new InputError(channel, reading, 'must emit readings: { t, value }');
  checkTimeMs(`${channel}.t`, reading.t);
  if (typeof reading.value !== 'number')
    throw new InputError(`${channel}.value`, reading.value, 'must be a number, NaN where there is none');
};
