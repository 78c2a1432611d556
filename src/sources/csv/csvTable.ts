import type { Sample } from '../../model/sample.js';
import { cellNumber, type DecimalMark } from './cellNumber.js';
import type { CsvColumns, ValueColumn } from './csvColumns.js';
import type { LogTable } from './logPage.js';
import type { LogClock } from './logTime.js';
import { sentinelFlag } from './sentinels.js';

/**
 * Reads a table's rows as samples; an empty cell has none. When a cell of a row cannot be read, none of the row is.
 *
 * @internal
 */
export const csvTable = (
  { width, times, values }: CsvColumns,
  clock: LogClock,
  decimal: DecimalMark,
): LogTable<Sample> => {
  const readers = values.map((column) => cellReader(column, decimal));
  const heard = new Set<string>();
  return {
    row: (cells) => {
      checkWidth(cells, width);
      const t = clock(times.map((time) => cells[time]!.trim()).join(' '));
      const samples = readers.map((read) => read(cells, t)).filter((sample) => sample !== undefined);
      for (const { channel } of samples) heard.add(channel);
      return samples;
    },
    silent: () => values.map(({ channel }) => channel).filter((channel) => !heard.has(channel)),
  };
};

/** A row may end in empty cells more, as spreadsheets write them; with a cell less it may be two rows in one. */
const checkWidth = (cells: readonly string[], width: number): void => {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  if (cells.length < width || last >= width) throw new Error(`it has ${cells.length} cells, and the header ${width}`);
};

const cellReader = ({ index, channel, units, sentinels }: ValueColumn, decimal: DecimalMark) => {
  const numberOf = cellNumber(decimal);
  const flagOf = sentinelFlag(sentinels, decimal);
  const always = { ...(units === undefined ? {} : { units }), timeBase: 'recorded' as const };
  return (cells: readonly string[], t: number): Sample | undefined => {
    const text = cells[index]!.trim();
    if (text === '') return undefined;
    const value = numberOf(text);
    const flag = flagOf(text, value);
    if (flag !== undefined)
      return { channel, t, value: Number.NaN, ...always, flag, ...(value === undefined ? {} : { raw: value }) };
    if (value === undefined) throw new Error(`"${text}" is no number (${channel})`);
    return { channel, t, value, ...always };
  };
};
