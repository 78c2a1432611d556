import { InputError } from './errors.js';

/**
 * Throws an `InputError` for an option that there is none of: one that is misspelt would be passed over in silence.
 *
 * @internal
 */
export const checkOptionNames = (of: string, options: unknown, names: readonly string[]): void => {
  if (typeof options !== 'object' || options === null)
    throw new InputError('options', options, `must be the options of ${of}`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InputError(unknown, Object(options)[unknown], `is not an option of ${of} (${names.join(', ')})`);
};
