import { setTimeout } from 'node:timers/promises';
import { concatAll, Observable } from 'rxjs';
import { InputError } from '../../model/errors.js';
import { type FromFramesOptions, fromFrames } from '../fromFrames.js';
import { type LogNotice, type TellLog, warnOfLog } from './logNotice.js';
import type { Log } from './logPage.js';
import { logRows } from './logRows.js';
import { mergeByTime } from './mergeByTime.js';

/** How logs are read, whatever is in them. */
export interface LogStreamOptions extends FromFramesOptions {
  /** Goes on with what is added to the files, as `tail -F` does, until the stream is left. Default false. */
  readonly follow?: boolean | undefined;
  /** How long after a look that found nothing new the next one is, ms. Default 250. */
  readonly pollMs?: number | undefined;
  /** What becomes of a row that cannot be read. Default `'error'`; `'drop'` tells it in a notice. */
  readonly onGarbage?: 'error' | 'drop' | undefined;
  /** Who is told what is no reason to stop. Default: the process, as a warning. */
  readonly onNotice?: ((notice: LogNotice) => void) | undefined;
}

/** With nothing left to default. */
export interface LogStreamSettings {
  readonly follow: boolean;
  readonly pollMs: number;
  readonly onGarbage: 'error' | 'drop';
  readonly tell: TellLog;
}

/**
 * Fills in the defaults.
 *
 * @throws InputError for an option that breaks its rule.
 * @internal
 */
export const logStreamSettings = (options: LogStreamOptions): LogStreamSettings => {
  const { follow = false, pollMs = 250, onGarbage = 'error', onNotice: tell = warnOfLog } = options;
  if (!(Number.isFinite(pollMs) && pollMs > 0))
    throw new InputError('pollMs', pollMs, 'must be a number of ms above 0');
  if (onGarbage !== 'error' && onGarbage !== 'drop')
    throw new InputError('onGarbage', onGarbage, "must be 'error' or 'drop'");
  return { follow, pollMs, onGarbage, tell };
};

/**
 * Emits the rows of logs in the order of time, pulled when the budget has room. Each subscription asks for the logs anew.
 *
 * @internal
 */
export const logStream = <T extends { readonly t: number }>(
  logs: () => Promise<readonly Log<T>[]>,
  options: LogStreamOptions,
): Observable<T> => {
  const settings = logStreamSettings(options);
  return new Observable((subscriber) => {
    const stop = new AbortController();
    subscriber.add(() => stop.abort());
    fromFrames(rowsOf(logs, settings, stop.signal), options)
      .pipe(concatAll())
      .subscribe(subscriber);
  });
};

async function* rowsOf<T extends { readonly t: number }>(
  logs: () => Promise<readonly Log<T>[]>,
  { follow, pollMs }: LogStreamSettings,
  stop: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const sources = (await logs()).map((log) => logRows(log, follow));
  // A generator that waits cannot be closed: without the signal, one that is left would look for news for ever.
  yield* mergeByTime(sources, () => setTimeout(pollMs, true, { signal: stop }).catch(() => false));
}
