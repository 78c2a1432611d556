import { Refusal } from './refusal.js';

/** The value as a whole number within bounds, or a 422 that names the field. */
export const wholeNumber = (
  field: string,
  value: unknown,
  { from, to, where = 'body' }: { readonly from: number; readonly to: number; readonly where?: string },
): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < from || number > to)
    throw new Refusal(422, [{ loc: [where, field], msg: `must be a whole number from ${from} to ${to}` }]);
  return number;
};
