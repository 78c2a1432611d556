import { defer, type Observable } from 'rxjs';
import { connect } from '../connect.js';
import type { GrowthRun } from '../model/growthRun.js';
import { growthRun } from '../sinks/growthRun.js';
import { type ExitCode, exitCodeOf } from './exitCode.js';
import { Feed } from './feed.js';
import { linksOf } from './linkOptions.js';
import type { NoteFlags } from './noteCommand.js';
import { platformSettings } from './platformSettings.js';
import { runLogOf } from './runLogOf.js';
import { RunWatch } from './runWatch.js';

/** Whoever notes something waits so long for a platform that is away, ms; then the note stays in the spool. */
const PATIENCE_MS = 10_000;

/** Delivers a note of a growth run, or keeps it on the disk, and says which. */
export const note = async (text: string, flags: NoteFlags, signals$: Observable<number>): Promise<ExitCode> => {
  const { run: name, operator, at, json = false } = flags;
  const settings = platformSettings(flags);
  const log = runLogOf({ json });
  const watch = new RunWatch(settings, log);
  const platform = connect(settings);
  const run = growthRun(platform, { name, operator, ...linksOf(flags) });
  const feed = noteFeed(text, at);
  const following = watch.platform(platform, [feed]);
  following.add(signals$.subscribe((count) => watch.stop(count, platform)));
  const told = feed.events(run, () => {}).forEach((event) => log.event(event));
  await platform.close({ deadlineMs: PATIENCE_MS });
  await told;
  following.unsubscribe();
  const { end } = feed;
  const code = exitCodeOf(end);
  log.end(code, [end], watch.where);
  return code;
};

const noteFeed = (text: string, at: number | undefined): Feed<GrowthRun> =>
  new Feed<GrowthRun>({
    part: 'events',
    into: (run, tally) =>
      defer(() => {
        run.note(text, at);
        tally.took(1);
        return run.end();
      }),
  });
