import { concat, defer, type Observable, take } from 'rxjs';
import { connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import type { GrowthRun } from '../model/growthRun.js';
import { growthRun } from '../sinks/growthRun.js';
import { type ExitCode, exitCodeOf, type RunEnd } from './exitCode.js';
import { Feed } from './feed.js';
import { linksOf } from './linkOptions.js';
import type { NoteFlags } from './noteCommand.js';
import { type PlatformSettings, platformSettings } from './platformSettings.js';
import type { RunLog } from './runLog.js';
import { runLogOf } from './runLogOf.js';
import { RunWatch } from './runWatch.js';

/** Whoever notes something waits so long for a platform that is away, ms; then the note stays in the spool. */
const PATIENCE_MS = 10_000;

/** Delivers a note of a growth run, or keeps it on the disk, and says which. */
export const note = async (text: string, flags: NoteFlags, signals$: Observable<number>): Promise<ExitCode> => {
  const settings = platformSettings(flags);
  const log = runLogOf({ json: flags.json ?? false });
  const watch = new RunWatch(settings, log);
  const end = await delivered(noteFeed(text, flags), settings, signals$, watch, log);
  const code = exitCodeOf(end);
  log.end(code, [end], watch.where);
  return code;
};

const delivered = async (
  feed: Feed<Platform>,
  settings: PlatformSettings,
  signals$: Observable<number>,
  watch: RunWatch,
  log: RunLog,
): Promise<RunEnd> => {
  const platform = connect(settings);
  const following = watch.platform(platform, [feed]);
  following.add(signals$.subscribe((count) => watch.stop(count, platform)));
  const told = feed.events(platform, () => {}).forEach((event) => log.event(event));
  await platform.close({ deadlineMs: PATIENCE_MS });
  await told;
  following.unsubscribe();
  return feed.end;
};

const noteFeed = (text: string, { run: name, operator, at, ...links }: NoteFlags): Feed<Platform> =>
  new Feed<Platform>({
    part: 'events',
    into: (platform, tally) => {
      const run: GrowthRun = growthRun(platform, { name, operator, ...linksOf(links) });
      const accepted$ = run.note(text, at).pipe(take(1));
      tally.took(1);
      return concat(
        accepted$,
        defer(() => run.end()),
      );
    },
  });
