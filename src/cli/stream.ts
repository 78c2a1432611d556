import { identity, type MonoTypeOperatorFunction, type Observable, tap } from 'rxjs';
import { connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import type { Frame } from '../model/frame.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { paceAt } from '../operators/paceAt.js';
import { toGray8 } from '../operators/toGray8.js';
import { rheedSink } from '../sinks/rheedSink.js';
import { findImages } from '../sources/findImages.js';
import { fromImages } from '../sources/fromImages.js';
import { type ExitCode, exitCodeOf, type RunEnd } from './exitCode.js';
import { jsonLines } from './jsonLines.js';
import type { RunLog } from './runLog.js';
import { RunWatch } from './runWatch.js';
import type { StreamSettings } from './streamSettings.js';
import { terminalLines } from './terminalLines.js';
import { unusedFlags } from './unusedFlags.js';

/** What earlier runs have left may still be delivered for so long when this one is over, ms; then it stays in the spool. */
const EARLIER_MS = 10_000;

/** Streams image files into a session, and says how it went. */
export const stream = async (settings: StreamSettings, signals$: Observable<number>): Promise<ExitCode> => {
  const log = logOf(settings);
  const watch = new RunWatch(settings, log);
  const end = await run(settings, signals$, watch, log);
  const code = exitCodeOf(end);
  log.end(code, end, watch.where);
  return code;
};

const logOf = ({ json }: StreamSettings): RunLog =>
  json
    ? jsonLines(
        (line) => process.stdout.write(line),
        (text) => process.stderr.write(text),
      )
    : terminalLines(process.stderr, process.stdout);

const run = async (
  settings: StreamSettings,
  signals$: Observable<number>,
  watch: RunWatch,
  log: RunLog,
): Promise<RunEnd> => {
  let platform: Platform | undefined;
  const listening = signals$.subscribe((count) => watch.stop(count, platform));
  try {
    const files = await findImages(settings.input);
    platform = connect(settings.platform);
    listening.add(watch.platform(platform, files.length));
    await sessionOf(settings, files, platform, watch, log).forEach(log.event);
    return watch.end;
  } catch (error) {
    return { ...watch.end, error };
  } finally {
    await platform?.close({ deadlineMs: watch.end.report === undefined ? 0 : EARLIER_MS });
    listening.unsubscribe();
  }
};

const sessionOf = (
  { gray, pace, rheed }: StreamSettings,
  files: readonly string[],
  platform: Platform,
  { tally }: RunWatch,
  log: RunLog,
): Observable<SessionEvent> => {
  const toGray = toGray8(gray.window === 'first-frame' ? { ...gray, onWindow: log.window } : gray);
  const paced: MonoTypeOperatorFunction<Frame<'gray8'>> = pace ? paceAt(rheed.fps) : identity;
  return fromImages(files).pipe(
    tap((frame) => {
      const unused = tally.frames === 0 ? unusedFlags(gray, frame) : undefined;
      if (unused !== undefined) log.note(unused);
    }),
    toGray,
    paced,
    tap((frame) => tally.frame(frame)),
    rheedSink(platform, rheed),
    tap((event) => tally.event(event)),
  );
};
