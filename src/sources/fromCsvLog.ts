import type { Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { Sample } from '../model/sample.js';
import { type CsvLogOptions, csvLog } from './csv/csvLog.js';
import { logStream } from './csv/logStream.js';

/** How {@link fromCsvLog} reads a log. */
export interface FromCsvLogOptions extends CsvLogOptions {}

/**
 * Emits the samples of log files: one file a channel, tables with many, tables with a row for each change.
 *
 * The first row names the columns, `T (C)` and `T [C]` with units. The first column is the time, every other one a channel, unless
 * options say otherwise. An empty cell is no sample. Where a row stands for a change (shutters), its values hold until the next
 * one: aligned, such a channel wants `fill: 'hold'`. Several files are merged by time; of the same time, the first file's sample
 * comes first. Files that begin as gzip are unzipped. Every sample has `timeBase: 'recorded'`: no clock corrects it.
 *
 * ```
 * a.csv       a--b--c|
 * b.csv       -d----e|
 * fromCsvLog  ad-b--(ce|)
 * ```
 *
 * Nothing is guessed: `12/06/2023` needs a `dateOrder`, as does `25/12/2023`; `2023-06-12` does not. A local time needs a
 * `timeZone`. A last row without a line end is left out and told (it may be cut short), but for `unendedRow: true`.
 *
 * With `follow`, what is added to the files is read as it comes, also when one is rotated or emptied; a row that is being
 * written is waited for. What each look finds is in order. Otherwise a file is read to the end that it has when the reading comes there.
 *
 * @throws InputError at the call, for options. The Observable fails with an `InputError` before anything is emitted, when the files
 * do not fit the options (no such column, no date order), and with a `LogError` for a row or a file that cannot be read, after
 * the samples before it.
 *
 * @example A table with a decimal comma
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { fromCsvLog } from 'epistream';
 *
 * const path = join(tmpdir(), 'cells.csv');
 * await writeFile(path, 'Date;Time;Ga (C);In (C)\n25.12.2023;18:30:00;950,5;\n25.12.2023;18:30:01;950,7;9999,9\n');
 * await fromCsvLog(path, {
 *   time: ['Date', 'Time'],
 *   dateOrder: 'dmy',
 *   timeZone: 'Europe/Berlin',
 *   decimal: ',',
 *   sentinels: { 9999.9: 'over-range' },
 * }).forEach(({ t, channel, value, units, flag, raw }) =>
 *   console.log(new Date(t).toISOString(), channel, value, units, flag, raw),
 * );
 * // → 2023-12-25T17:30:00.000Z Ga 950.5 C undefined undefined
 * // → 2023-12-25T17:30:01.000Z Ga 950.7 C undefined undefined
 * // → 2023-12-25T17:30:01.000Z In NaN C over-range 9999.9
 * ```
 *
 * @see {@link fromEpicLog} for the directories of one control system.
 */
export const fromCsvLog = (path: string | readonly string[], options: FromCsvLogOptions = {}): Observable<Sample> => {
  const paths = typeof path === 'string' ? [path] : path;
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((one) => typeof one === 'string' && one !== ''))
    throw new InputError('path', path, 'must be a file, or an array of files');
  const logOf = csvLog(options);
  return logStream(async () => paths.map((one) => logOf(one)), options);
};
