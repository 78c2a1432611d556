/** The q-th quantile (0 to 1) of some numbers, by nearest rank. */
export const quantile = (values, q) =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)] ?? Number.NaN;

/** Median, least and most of some numbers, in words. */
export const spread = (values, digits = 2) =>
  [quantile(values, 0.5), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits)).join(' / ');
