import type { Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { Sample } from '../model/sample.js';
import { csvLog } from './csv/csvLog.js';
import { type EpicFile, epicDialect, epicFiles } from './csv/epicFiles.js';
import type { TellLog } from './csv/logNotice.js';
import type { Log } from './csv/logPage.js';
import { type LogStreamOptions, logStream, logStreamSettings } from './csv/logStream.js';
import type { DateOrder } from './csv/logTime.js';
import type { Sentinels } from './csv/sentinels.js';

/** How {@link fromEpicLog} reads a log. */
export interface FromEpicLogOptions extends LogStreamOptions {
  /** In which order EPIC writes day, month and year: as its computer is set. Needed, for the files do not say it. */
  readonly dateOrder?: DateOrder | undefined;
  /** The time zone of EPIC's computer, such as `'Europe/Berlin'`. Needed, for the files do not say it. */
  readonly timeZone?: string | undefined;
  /** The units of channels, by name. The files do not say them, and every lab sets its own. Default: the samples have none. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** What stands for no value in a value file. Default `{ '9.9E+9': 'over-range' }`, as EPIC's pressure gauges have it. */
  readonly sentinels?: Sentinels | undefined;
}

const gauges: Sentinels = { '9.9E+9': 'over-range' };

/**
 * Emits the samples of a directory in which the MBE control system EPIC logs, in the order of time.
 *
 * Every value file (`LL IG.PG.MV.txt`, zipped or not) is a channel, called as the file is without its ending; every column of
 * `Shutters.txt` is one (`Ga_Sh`), whose value holds until the next row: aligned, it wants `fill: 'hold'`. A channel without a
 * reading, a file with another channel's header and a file that is no log are told in notices. Messages are read by
 * {@link fromEpicMessages}.
 *
 * ```
 * Ga.PID.MV.txt  a--b--c|
 * Shutters.txt   -S----T|
 * fromEpicLog    aS-b--(cT|)
 * ```
 *
 * With `follow`, the files that were there at the beginning are followed; what each look finds is in order.
 *
 * @throws InputError and LogError as {@link fromCsvLog}, of which this is a preset.
 *
 * @example When the gallium shutter opened
 * ```ts
 * import { fromEpicLog } from 'epistream';
 * import { first } from 'rxjs';
 *
 * const onNotice = ({ type, path }) => console.log(type, path.slice(25));
 * await fromEpicLog('samples/pdi-epic-mbe-log', { dateOrder: 'dmy', timeZone: 'Europe/Berlin', onNotice })
 *   .pipe(first(({ channel, value }) => channel === 'Ga_Sh' && value === 1))
 *   .forEach(({ t }) => console.log(new Date(t).toISOString()));
 * // → not read Fitting.txt
 * // → not read LICENSE
 * // → foreign header Pyro.PID.MV.txt
 * // → not read README.md
 * // → empty FLUX IG.PG.MV.txt
 * // → 2023-06-12T00:23:24.656Z
 * ```
 */
export const fromEpicLog = (dir: string, options: FromEpicLogOptions = {}): Observable<Sample> => {
  const { units = {}, sentinels = gauges, ...rest } = options;
  const { tell } = logStreamSettings(options);
  const logOf = csvLog({ ...rest, ...epicDialect, sentinels });
  const open = ({ path, name, kind }: EpicFile): Log<Sample> | [] => {
    if (kind === 'values') return logOf(path, { channel: name, units: units[name], sentinels });
    return kind === 'shutters' ? logOf(path, {}) : [];
  };
  return logStream(async () => {
    const files = await epicFiles(dir);
    checkUnits(units, files);
    tellOddities(files, tell);
    const logs = files.flatMap(open);
    if (logs.length === 0) throw new InputError('dir', dir, 'must be a folder with the logs of EPIC');
    return logs;
  }, options);
};

const checkUnits = (units: Readonly<Record<string, string>>, files: readonly EpicFile[]): void => {
  const channels = files.filter(({ kind }) => kind === 'values').map(({ name }) => name);
  const unknown = Object.keys(units).find((channel) => !channels.includes(channel));
  if (unknown !== undefined)
    throw new InputError('units', unknown, `must be of channels that there are (${channels.join(', ')})`);
};

const tellOddities = (files: readonly EpicFile[], tell: TellLog): void => {
  for (const { path, name, kind, title } of files) {
    if (kind === 'unknown') tell({ type: 'not read', message: `${path} is no log of values, and is not read`, path });
    if (kind !== 'values' || title === name) continue;
    const message = `${path} has the header of ${title}: its channel is called ${name}`;
    tell({ type: 'foreign header', message, path, channel: name, header: title });
  }
};
