import { checkOptionNames } from '../../model/checkOptionNames.js';
import type { Sample } from '../../model/sample.js';
import { type CsvColumnsOptions, csvColumns } from './csvColumns.js';
import { type CsvDialectOptions, csvDialect } from './csvDialect.js';
import { csvTable } from './csvTable.js';
import { repeatedHour } from './logNotice.js';
import type { Log } from './logPage.js';
import { type LogStreamOptions, logStreamSettings } from './logStream.js';
import { type LogTimeOptions, logTime } from './logTime.js';
import { sentinelFlag } from './sentinels.js';

/** How a log of samples is read. */
export interface CsvLogOptions extends LogTimeOptions, CsvColumnsOptions, CsvDialectOptions, LogStreamOptions {}

const OPTION_NAMES: readonly (keyof CsvLogOptions)[] = [
  'time',
  'dateOrder',
  'timeZone',
  'start',
  'channel',
  'units',
  'columns',
  'sentinels',
  'delimiter',
  'decimal',
  'preamble',
  'comment',
  'header',
  'encoding',
  'unendedRow',
  'follow',
  'pollMs',
  'onGarbage',
  'onNotice',
  'budget',
  'signal',
];

/**
 * Makes the log of a file, which may have columns of its own; the options are checked before there is one.
 *
 * @throws InputError for an option that breaks its rule.
 * @internal
 */
export const csvLog = (options: CsvLogOptions): ((path: string, columns?: CsvColumnsOptions) => Log<Sample>) => {
  checkOptionNames('a log', options, OPTION_NAMES);
  const dialect = csvDialect(options);
  const { decimal } = dialect;
  const clockOf = logTime(options, decimal);
  const { onGarbage, tell } = logStreamSettings(options);
  for (const { sentinels = {} } of [options, ...Object.values(options.columns ?? {})]) sentinelFlag(sentinels, decimal);
  return (path, columns = options) => {
    const expects = columns.channel === undefined ? [] : [columns.channel];
    // One for a file, whatever takes its place: its rows go on in time.
    const clock = clockOf((text) => tell(repeatedHour(path, text)));
    const tableOf = (header: readonly string[]) => csvTable(csvColumns(header, columns, path), clock, decimal);
    return { path, dialect, onGarbage, tell, expects, tableOf };
  };
};
