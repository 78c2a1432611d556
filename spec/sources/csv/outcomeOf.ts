import type { LogNotice } from '../../../src/sources/csv/logNotice.js';
import { type FromCsvLogOptions, fromCsvLog } from '../../../src/sources/fromCsvLog.js';

/** The day of the logs of these specs. */
export const day = Date.UTC(2023, 5, 12);

/** What came of a log in UTC until its end (seconds of the day), what was told of it, and how it ended. */
export const outcomeOf = async (path: string, options: FromCsvLogOptions = {}) => {
  const notices: LogNotice[] = [];
  const samples: [channel: string, seconds: number, value: number][] = [];
  let error: unknown;
  await fromCsvLog(path, { timeZone: 'UTC', onNotice: (notice) => notices.push(notice), ...options })
    .forEach(({ channel, t, value }) => void samples.push([channel, (t - day) / 1000, value]))
    .catch((failure: unknown) => {
      error = failure;
    });
  return { path, samples, notices, error };
};
