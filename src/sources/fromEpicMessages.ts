import type { Observable } from 'rxjs';
import type { TextEvent } from '../model/textEvent.js';
import { csvDialect } from './csv/csvDialect.js';
import { epicDialect, epicFiles } from './csv/epicFiles.js';
import { repeatedHour } from './csv/logNotice.js';
import type { LogTable } from './csv/logPage.js';
import { type LogStreamOptions, logStream, logStreamSettings } from './csv/logStream.js';
import { type LogClock, type LogTimeOptions, logTime } from './csv/logTime.js';

/** How {@link fromEpicMessages} reads the messages. */
export interface FromEpicMessagesOptions extends LogStreamOptions, Pick<LogTimeOptions, 'dateOrder' | 'timeZone'> {}

/**
 * Emits the messages in a directory of the MBE control system EPIC as events, each as `CallerID: Message`.
 *
 * Nothing comes of a directory without messages. Times are read as {@link fromEpicLog} reads them.
 *
 * @throws InputError and LogError as {@link fromCsvLog}.
 *
 * @example
 * ```ts
 * import { fromEpicMessages } from 'epistream';
 *
 * await fromEpicMessages('samples/pdi-epic-mbe-log', { dateOrder: 'dmy', timeZone: 'Europe/Berlin' }).forEach(({ t, text }) =>
 *   console.log(new Date(t).toISOString(), text),
 * );
 * // → 2023-06-11T22:13:06.903Z Location Tab: M8abcd moved from MC_manip to GC
 * ```
 */
export const fromEpicMessages = (dir: string, options: FromEpicMessagesOptions = {}): Observable<TextEvent> => {
  const { onGarbage, tell } = logStreamSettings(options);
  const { dateOrder, timeZone } = options;
  const dialect = csvDialect(epicDialect);
  const clockOf = logTime({ dateOrder, timeZone }, dialect.decimal);
  return logStream(async () => {
    const files = (await epicFiles(dir)).filter(({ kind }) => kind === 'messages');
    return files.map(({ path }) => {
      const table = messages(clockOf((text) => tell(repeatedHour(path, text))));
      return { path, dialect, onGarbage, tell, expects: [], tableOf: () => table };
    });
  }, options);
};

/** Time, caller, message, colour. A comma in a message is one more cell. */
const messages = (clock: LogClock): LogTable<TextEvent> => ({
  row: (cells) => {
    if (cells.length < 4) throw new Error(`it has ${cells.length} cells, and a message 4`);
    const [time, caller, text] = [cells[0]!, cells[1]!, cells.slice(2, -1).join(',')].map((cell) => cell.trim());
    return [{ t: clock(time!), text: `${caller}: ${text}`, timeBase: 'recorded' }];
  },
  silent: () => [],
});
