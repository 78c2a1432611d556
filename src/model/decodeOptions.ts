import * as t from 'io-ts';
import { checkOptionNames } from './checkOptionNames.js';
import { decodeInput } from './decodeInput.js';

/**
 * The options that were given, each as its codec has it; one that is undefined was not. Throws an `InputError` that names the field, also
 * for an option that there is none of.
 *
 * @internal
 */
export const decodeOptions = <A>(of: string, codec: t.Type<A>, names: readonly string[], input: unknown): A => {
  const options = decodeInput(t.UnknownRecord, input, 'options');
  checkOptionNames(of, options, names);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return decodeInput(codec, Object.fromEntries(given), 'options');
};
