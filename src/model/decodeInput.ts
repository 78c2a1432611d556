import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { InputError } from './errors.js';

/**
 * A codec for one rule: its name is the rule, as the error will say it.
 *
 * @internal
 */
export const rule = <A>(name: string, holds: (value: unknown) => value is A): t.Type<A> =>
  new t.Type(
    name,
    holds,
    (value, context) => (holds(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );

/**
 * Decodes what a user passed, or throws an `InputError` that names the first field, its value and the rule it breaks.
 *
 * @internal
 */
export const decodeInput = <A>(codec: t.Type<A>, input: unknown, name: string): A => {
  const decoded = codec.decode(input);
  if (!isLeft(decoded)) return decoded.right;
  // `value` at the end of the deepest context is the offending field; unions and intersections add keyless steps.
  const { value, context } = decoded.left[0] as t.ValidationError;
  const path = context.map(({ key }) => key).filter((key) => key !== '' && !/^\d+$/.test(key));
  throw new InputError(path.join('.') || name, value, `must be ${context.at(-1)?.type.name}`);
};
