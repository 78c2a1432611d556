import { concat, defer, type Observable, take } from 'rxjs';
import { connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import type { GrowthRun } from '../model/growthRun.js';
import { growthRun } from '../sinks/growthRun.js';
import { type ExitCode, exitCodeOf } from './exitCode.js';
import { Feed } from './feed.js';
import { linksOf } from './linkOptions.js';
import type { NoteFlags } from './noteCommand.js';
import { platformSettings } from './platformSettings.js';
import { requirePlatform } from './requirePlatform.js';
import { runLogOf } from './runLogOf.js';
import { RunWatch } from './runWatch.js';

/** Whoever notes something waits so long for a platform that is away, ms; then the note stays in the spool. */
const PATIENCE_MS = 5_000;

/** Delivers a note of a growth run, or keeps it on the disk, and says which. */
export const note = async (
  text: string,
  flags: NoteFlags,
  signals$: Observable<number>,
  patienceMs = PATIENCE_MS,
): Promise<ExitCode> => {
  const settings = platformSettings(flags);
  requirePlatform(settings);
  const log = runLogOf({ json: flags.json ?? false });
  const watch = new RunWatch(settings, log);
  const feed = noteFeed(text, flags);
  const platform = connect(settings);
  const following = watch.platform(platform, [feed]);
  following.add(signals$.subscribe((count) => watch.stop(count, platform)));
  const told = feed.events(platform, () => {}).forEach((event) => log.event(event));
  await platform.close({ deadlineMs: patienceMs });
  await told;
  following.unsubscribe();
  const { end } = feed;
  const code = exitCodeOf(end);
  log.end(code, [end], watch.where);
  return code;
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
