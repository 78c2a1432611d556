import { isEmpty, lastValueFrom, merge, type Observable, tap } from 'rxjs';
import type { Sample } from '../model/sample.js';
import type { TextEvent } from '../model/textEvent.js';
import type { LogNotice } from '../sources/csv/logNotice.js';
import { fromCsvLog } from '../sources/fromCsvLog.js';
import { fromEpicLog } from '../sources/fromEpicLog.js';
import { fromEpicMessages } from '../sources/fromEpicMessages.js';
import { checkLogs } from './checkLogs.js';
import { Feed } from './feed.js';
import { pointsOf } from './pointsOf.js';
import type { RunLog } from './runLog.js';
import type { Sinks } from './sinks.js';
import { staleWarnings } from './staleWarnings.js';
import type { LogSettings } from './streamSettings.js';

/** Logs on their way into a session of channels, and their messages into one of events. Rejects when they cannot be read. */
export const logFeeds = async (settings: LogSettings, log: RunLog): Promise<readonly Feed<Sinks>[]> => {
  await checkLogs(settings);
  const noticed: LogNotice[] = [];
  const looking = reading(settings, { follow: false, onNotice: (notice) => noticed.push(notice) });
  const hasMessages = !(await lastValueFrom(messagesOf(looking).pipe(isEmpty())));
  const tell = ({ message }: LogNotice) => log.warn(message);
  const told = reading(settings, { onNotice: tell });
  const mayHave = hasMessages || (settings.format === 'epic' && settings.reading.follow === true);
  if (!mayHave) noticed.forEach(tell); // for they will not be read again
  return [channelsFeed(told, log), ...(mayHave ? [eventsFeed(told)] : [])];
};

const channelsFeed = (settings: LogSettings, log: RunLog): Feed<Sinks> =>
  new Feed<Sinks>({
    part: 'channels',
    origin: originOf(settings),
    into: (sinks, tally) =>
      samplesOf(settings).pipe(
        staleWarnings(log.warn, settings.stale),
        tap((sample) => tally.took(pointsOf(sample))),
        sinks.timeseriesSink(settings.timeseries),
      ),
  });

const eventsFeed = (settings: LogSettings): Feed<Sinks> =>
  new Feed<Sinks>({
    part: 'events',
    origin: originOf(settings),
    into: (sinks, tally) =>
      messagesOf(settings).pipe(
        tap(() => tally.took(1)),
        sinks.eventSink(),
      ),
  });

const samplesOf = ({ logs, format, channels, reading }: LogSettings): Observable<Sample> => {
  const { units: _, ...epic } = reading; // EPIC's are by channel
  const files = channels.map(({ channel, path, units }) => fromCsvLog(path, { ...reading, channel, units }));
  if (format === 'epic') return merge(...logs.map((dir) => fromEpicLog(dir, epic)), ...files);
  return merge(...(logs.length === 0 ? [] : [fromCsvLog(logs, reading)]), ...files);
};

const messagesOf = ({ logs, format, reading }: LogSettings): Observable<TextEvent> =>
  merge(...(format === 'epic' ? logs.map((dir) => fromEpicMessages(dir, reading)) : []));

const reading = (settings: LogSettings, more: LogSettings['reading']): LogSettings => ({
  ...settings,
  reading: { ...settings.reading, ...more },
});

const originOf = ({ logs, channels }: LogSettings): string =>
  `the readings are in ${[...logs, ...channels.map(({ path }) => path)].join(', ')}`;
