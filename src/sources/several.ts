/**
 * One, several or none, as an array.
 *
 * @internal
 */
export const several = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T];
