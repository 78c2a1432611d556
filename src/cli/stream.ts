import { merge, type Observable, tap } from 'rxjs';
import { connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import { type ExitCode, exitCodeOf, type RunEnd } from './exitCode.js';
import type { Feed } from './feed.js';
import { framesFeed } from './framesFeed.js';
import { logFeeds } from './logFeeds.js';
import { plainError } from './plainError.js';
import { requirePlatform } from './requirePlatform.js';
import type { RunLog } from './runLog.js';
import { runLogOf } from './runLogOf.js';
import { RunWatch } from './runWatch.js';
import { type Sinks, sinksOf } from './sinks.js';
import type { StreamSettings } from './streamSettings.js';

/** What earlier runs have left may still be delivered for so long when this one is over, ms; then it stays in the spool. */
const EARLIER_MS = 10_000;

/** Streams image files and logs into sessions, and says how it went. */
export const stream = async (settings: StreamSettings, signals$: Observable<number>): Promise<ExitCode> => {
  const log = runLogOf(settings);
  const watch = new RunWatch(settings.platform, log);
  const ends = await run(settings, signals$, watch, log);
  const code = exitCodeOf(...ends);
  log.end(code, ends, watch.where);
  return code;
};

const run = async (
  settings: StreamSettings,
  signals$: Observable<number>,
  watch: RunWatch,
  log: RunLog,
): Promise<readonly RunEnd[]> => {
  let platform: Platform | undefined;
  let feeds: readonly Feed<Sinks>[] = [];
  const listening = signals$.subscribe((count) => watch.stop(count, platform));
  try {
    requirePlatform(settings.platform);
    feeds = await feedsOf(settings, log);
    platform = connect(settings.platform);
    listening.add(watch.platform(platform, feeds));
    await eventsOf(feeds, sinksOf(platform, settings), log).forEach(() => {});
    return feeds.map(({ end }) => end);
  } catch (error) {
    return [...feeds.map(({ end }) => end), { error }];
  } finally {
    const wasOpened = feeds.some(({ tally }) => tally.report !== undefined);
    await platform?.close({ deadlineMs: wasOpened ? EARLIER_MS : 0 });
    listening.unsubscribe();
  }
};

/** Everything is looked at before anything is sent. */
const feedsOf = async ({ frames, logs }: StreamSettings, log: RunLog): Promise<readonly Feed<Sinks>[]> => [
  ...(frames === undefined ? [] : [await framesFeed(frames, log)]),
  ...(logs === undefined ? [] : await logFeeds(logs, log)),
];

const eventsOf = (feeds: readonly Feed<Sinks>[], sinks: Sinks, log: RunLog): Observable<unknown> => {
  const areSeveral = feeds.length > 1;
  return merge(
    ...feeds.map((feed) =>
      feed
        .events(sinks, (error) => {
          // Said at the end, too; but the others may go on for a night.
          if (areSeveral) log.warn(`${feed.part}: ${plainError(error)} (the others go on)`);
        })
        .pipe(tap((event) => log.event(event, areSeveral ? feed.part : undefined))),
    ),
  );
};
