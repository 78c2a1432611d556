/** The sign before the decimals of a log's numbers. */
export type DecimalMark = '.' | ',';

const patterns = {
  '.': /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i,
  ',': /^[+-]?(?:\d+,?\d*|,\d+)(?:e[+-]?\d+)?$/i,
};

const word = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Reads a cell's number: `undefined` for what is none. `NaN`, `Inf` and `-Infinity` are what loggers write for them; a group
 * separator (`1,000.5`) is no part of a number, as it is another log's decimal mark.
 *
 * @internal
 */
export const cellNumber = (decimal: DecimalMark): ((text: string) => number | undefined) => {
  const pattern = patterns[decimal];
  return (text) => {
    if (pattern.test(text)) return Number(decimal === ',' ? text.replace(',', '.') : text);
    const [, sign, name] = word.exec(text) ?? [];
    if (name === undefined) return undefined;
    if (name.toLowerCase() === 'nan') return Number.NaN;
    return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  };
};
