import { wholeNumber } from './wholeNumber.js';

/** What `last_n` in a query asks for; nothing when it is left out or blank. */
export const lastN = (query: unknown): number | undefined => {
  const { last_n: given } = query as { readonly last_n?: unknown };
  if (given === undefined || given === '') return undefined;
  return wholeNumber('last_n', given, { from: 1, to: Number.MAX_SAFE_INTEGER, where: 'query' });
};
