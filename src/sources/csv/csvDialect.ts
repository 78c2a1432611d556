import { InputError } from '../../model/errors.js';
import type { DecimalMark } from './cellNumber.js';

/** How a log is written. */
export interface CsvDialectOptions {
  /** What stands between cells, one character. Default `','`, and `';'` for a decimal comma. */
  readonly delimiter?: string | undefined;
  /** Default `'.'`. */
  readonly decimal?: DecimalMark | undefined;
  /** Lines before the header, whatever is in them. Default 0. */
  readonly preamble?: number | undefined;
  /** Lines that begin with this are left out. Default: there are none. */
  readonly comment?: string | undefined;
  /** Whether the first row names the columns; without it they are `'1'`, `'2'`, … Default true. */
  readonly header?: boolean | undefined;
  /** As `TextDecoder` names it: `'latin1'`, `'utf-16le'`. Default `'utf-8'`. */
  readonly encoding?: string | undefined;
  /**
   * Whether a last row without a line end is read: some programs write none. Default false: such a row may have been cut short,
   * in the middle of a number even, and is told in a notice.
   */
  readonly unendedRow?: boolean | undefined;
}

/** With nothing left to default. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly decimal: DecimalMark;
  readonly preamble: number;
  readonly comment: string | undefined;
  readonly header: boolean;
  readonly encoding: string;
  readonly unendedRow: boolean;
}

/**
 * Fills in the defaults.
 *
 * @throws InputError for an option that breaks its rule.
 * @internal
 */
export const csvDialect = (options: CsvDialectOptions): CsvDialect => {
  const { decimal = '.', preamble = 0, comment, header = true, encoding = 'utf-8', unendedRow = false } = options;
  if (decimal !== '.' && decimal !== ',') throw new InputError('decimal', decimal, "must be '.' or ','");
  const { delimiter = decimal === ',' ? ';' : ',' } = options;
  if (typeof delimiter !== 'string' || [...delimiter].length !== 1 || ['"', '\n', '\r', decimal].includes(delimiter))
    throw new InputError(
      'delimiter',
      delimiter,
      `must be one character, and neither a quote nor the decimal "${decimal}"`,
    );
  if (!Number.isSafeInteger(preamble) || preamble < 0)
    throw new InputError('preamble', preamble, 'must be a number of lines');
  if (comment === '') throw new InputError('comment', comment, 'must be what such a line begins with');
  checkEncoding(encoding);
  return { delimiter, decimal, preamble, comment, header, encoding, unendedRow };
};

const checkEncoding = (encoding: string): void => {
  try {
    new TextDecoder(encoding);
  } catch (cause) {
    throw new InputError('encoding', encoding, "must be one that TextDecoder knows, such as 'latin1'", { cause });
  }
};
