import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { type Fault, Refusal } from './refusal.js';

const faultOf = (where: string, { context }: t.ValidationError): Fault => {
  // Unions and intersections add numbered steps that are not fields; array indexes look alike and are told by their parent.
  const steps = context.filter(({ key }, k) => key !== '' && !isAlternative(context[k - 1]));
  return { loc: [where, ...steps.map(({ key }) => key)], msg: `must be ${context.at(-1)?.type.name}` };
};

const isAlternative = (parent: t.ContextEntry | undefined): boolean => {
  const tag = (parent?.type as { readonly _tag?: string } | undefined)?._tag;
  return tag === 'UnionType' || tag === 'IntersectionType';
};

/** A part of a request as its codec says, or a 422 that names the fields. */
export const decodeRequest = <A>(codec: t.Decoder<unknown, A>, input: unknown, where = 'body'): A => {
  const decoded = codec.decode(input);
  if (isLeft(decoded))
    throw new Refusal(
      422,
      decoded.left.slice(0, 20).map((error) => faultOf(where, error)),
    );
  return decoded.right;
};
