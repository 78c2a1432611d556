import { InputError } from '../../model/errors.js';
import type { Sentinels } from './sentinels.js';

/** What is known of a column that its header does not say. */
export interface CsvColumn {
  /** The channel it becomes. Default: as its header says, without the units. */
  readonly channel?: string | undefined;
  /** Default: the header's, `T (C)` or `T [C]`. */
  readonly units?: string | undefined;
  /** Default: those of the table. */
  readonly sentinels?: Sentinels | undefined;
}

/** Which columns of a table are read, and what for. */
export interface CsvColumnsOptions {
  /** The column of the times, or several (`['Date', 'Time']`) that are read as one. Default: the first. */
  readonly time?: string | readonly string[] | undefined;
  /** What the only value column is called. Default: as its header says. */
  readonly channel?: string | undefined;
  /** The units of every channel, whatever the header says; `columns` says it for one. */
  readonly units?: string | undefined;
  /** The value columns to read, by the header (with or without its units), and what is known of each. Default: all but the times. */
  readonly columns?: Readonly<Record<string, CsvColumn>> | undefined;
  /** What stands for no value: the reading becomes NaN with a `flag`, and the number is kept as `raw`. */
  readonly sentinels?: Sentinels | undefined;
}

/** A column of one channel. */
export interface ValueColumn {
  readonly index: number;
  readonly channel: string;
  readonly units: string | undefined;
  readonly sentinels: Sentinels;
}

/** Where in a row the times and the values stand. */
export interface CsvColumns {
  /** Of the header, in cells. */
  readonly width: number;
  readonly times: readonly number[];
  readonly values: readonly ValueColumn[];
}

interface Heading {
  readonly index: number;
  readonly text: string;
  readonly name: string;
  readonly units: string | undefined;
}

/**
 * Finds the columns in a header row.
 *
 * @throws InputError when an option does not fit the header, or two columns would be one channel.
 * @internal
 */
export const csvColumns = (header: readonly string[], options: CsvColumnsOptions, path: string): CsvColumns => {
  const headings = header.map(headingOf).filter(({ text }) => text !== '');
  const find = (field: string, wanted: string): Heading => {
    const found = headings.find(({ text }) => text === wanted) ?? headings.find(({ name }) => name === wanted);
    if (found === undefined)
      throw new InputError(
        field,
        wanted,
        `must be a column of ${path} (${headings.map(({ text }) => text).join(', ')})`,
      );
    return found;
  };
  const times = timesOf(options, headings).map((time) => find('time', time).index);
  const others = headings.filter(({ index }) => !times.includes(index));
  const values = options.columns
    ? Object.entries(options.columns).map(([wanted, column]) => valueColumn(find('columns', wanted), column, options))
    : others.map((heading) => valueColumn(heading, { channel: options.channel }, options));
  checkChannels(values, options, path);
  return { width: header.length, times, values };
};

const timesOf = ({ time }: CsvColumnsOptions, headings: readonly Heading[]): readonly string[] => {
  if (time === undefined) return headings.slice(0, 1).map(({ text }) => text);
  return typeof time === 'string' ? [time] : time;
};

const unitsAtEnd = /^(.*\S)\s*(?:\(([^()]*)\)|\[([^[\]]*)\])$/;

/** Some control systems begin the header with the apostrophe that makes a spreadsheet take it as text. */
const headingOf = (cell: string, index: number): Heading => {
  const text = (index === 0 ? cell.replace(/^\s*'/, '') : cell).trim();
  const [, name = text, round, square] = unitsAtEnd.exec(text) ?? [];
  return { index, text, name, units: (round ?? square)?.trim() || undefined };
};

const valueColumn = ({ index, name, units }: Heading, column: CsvColumn, options: CsvColumnsOptions): ValueColumn => ({
  index,
  channel: column.channel ?? name,
  units: column.units ?? options.units ?? units,
  sentinels: column.sentinels ?? options.sentinels ?? {},
});

const checkChannels = (values: readonly ValueColumn[], { channel }: CsvColumnsOptions, path: string): void => {
  const channels = values.map((value) => value.channel);
  if (channel !== undefined && values.length !== 1)
    throw new InputError('channel', channel, `must be left out: ${path} has ${values.length} value columns`);
  const twice = channels.find((one, index) => channels.indexOf(one) !== index);
  if (twice !== undefined)
    throw new InputError('columns', twice, `must name the channels apart: ${path} has one twice`);
};
