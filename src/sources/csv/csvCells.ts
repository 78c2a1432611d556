import { parse } from 'csv-parse/sync';

/**
 * The cells of a row, as they were written.
 *
 * A row is a line: an instrument's log has no line ends inside quotes, and a quote that was never closed must not swallow the
 * rows after it. Throws for one that is not closed.
 *
 * @internal
 */
export const csvCells = (line: string, delimiter: string): readonly string[] =>
  line.includes('"') ? quoted(line, delimiter) : line.split(delimiter);

const quoted = (line: string, delimiter: string): readonly string[] =>
  parse(line, { delimiter, relax_quotes: true, relax_column_count: true })[0] ?? [];
