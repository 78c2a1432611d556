import type { Observable } from 'rxjs';
import { type Platform, rooms } from '../delivery/platform.js';
import { checkTimeseriesOptions } from '../model/checkTimeseriesOptions.js';
import { PlatformClosedError } from '../model/errors.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { TimeseriesOptions } from '../model/timeseriesOptions.js';
import type { Points, TimeseriesSession } from '../model/timeseriesSession.js';
import { OpenSession } from './openSession.js';
import { TimeseriesWriter } from './timeseriesWriter.js';

/**
 * Opens a session of instrument channels at once, for people who want the parts: chunks are sent as given, each channel's at its next
 * index. `end()` it, or close the platform, which ends it as `'cancelled'`.
 *
 * ```
 * upload A, B; end()   A - - - B - |
 * session.events$      A - o 0 B 1 (ec|)     A B accepted, o opened, 0 1 delivered, e ending, c closed
 * ```
 *
 * @throws InputError for options that break a rule.
 * @throws PlatformClosedError after `platform.close()`.
 * @throws SessionFailedError on `opened$` and `end()`, when the session could not be opened or ended.
 * @throws IncompleteSessionError on `end()`, when not every point was delivered; it carries the report.
 *
 * @example
 * ```ts
 * import { openTimeseries } from 'epistream';
 * import { fakePlatform } from 'epistream/testing';
 * import { lastValueFrom } from 'rxjs';
 *
 * const session = openTimeseries(fakePlatform(), { pointsPerChunk: 100 });
 * session.upload('temperature', { times: [1_700_000_000_000, 1_700_000_001_000], values: [600, 601], units: 'C' });
 * await lastValueFrom(session.end());
 * console.log(session.report().delivered, 'points delivered');
 * // → 2 points delivered
 * ```
 */
export const openTimeseries = (
  platform: Platform,
  options: Omit<TimeseriesOptions, 'flushAfterMs' | 'onDisorder'> & { readonly onDisorder?: 'error' | 'keep' } = {},
): TimeseriesSession => {
  const checked = checkTimeseriesOptions(options);
  const inside = platform[rooms];
  if (inside.isClosing) throw new PlatformClosedError();
  // A chunk is what it was given as: nothing is added to it, so nothing has to be waited for.
  return new OpenTimeseries(inside, new TimeseriesWriter(inside, { ...checked, flushAfterMs: 0 }));
};

class OpenTimeseries extends OpenSession<TimeseriesWriter> implements TimeseriesSession {
  nextIndex(channel: string): number {
    return this.writer.nextIndex(channel);
  }

  upload(channel: string, points: Points): Observable<SessionEvent> {
    const chunk = { index: this.nextIndex(channel), channel };
    return this.eventsOf(chunk, () => this.writer.addChunk(channel, points));
  }

  uploadMulti(index: number, channels: Readonly<Record<string, Points>>): Observable<SessionEvent> {
    return this.eventsOf({ index }, () => this.writer.addMulti(index, channels));
  }
}
