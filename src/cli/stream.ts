import { identity, interval, type MonoTypeOperatorFunction, map, type Observable, tap } from 'rxjs';
import { connect } from '../connect.js';
import type { Platform } from '../delivery/platform.js';
import { Budget } from '../flow/budget.js';
import type { Frame } from '../model/frame.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { paceAt } from '../operators/paceAt.js';
import { toGray8 } from '../operators/toGray8.js';
import { rheedSink } from '../sinks/rheedSink.js';
import { findImages } from '../sources/findImages.js';
import { fromImages } from '../sources/fromImages.js';
import { type ExitCode, exitCodeOf, type RunEnd } from './exitCode.js';
import { jsonLines } from './jsonLines.js';
import type { Progress } from './progress.js';
import type { RunLog } from './runLog.js';
import type { StreamSettings } from './streamSettings.js';
import { Tally } from './tally.js';
import { terminalLines } from './terminalLines.js';
import { unusedFlags } from './unusedFlags.js';

/** Whoever asks to stop decides how long to wait: nothing is given up before they ask again. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

const PROGRESS_MS = 250;

/** Streams image files into a session, and says how it went. */
export const stream = async (settings: StreamSettings, signals$: Observable<number>): Promise<ExitCode> => {
  const log = logOf(settings);
  const end = await run(settings, signals$, log);
  const code = exitCodeOf(end);
  log.end(code, end);
  return code;
};

const logOf = ({ json, input }: StreamSettings): RunLog =>
  json
    ? jsonLines(
        (line) => process.stdout.write(line),
        (text) => process.stderr.write(text),
      )
    : terminalLines(process.stderr, process.stdout, input);

const run = async (settings: StreamSettings, signals$: Observable<number>, log: RunLog): Promise<RunEnd> => {
  const tally = new Tally();
  let platform: Platform | undefined;
  const listening = signals$.subscribe((count) => {
    if (count > 1 || platform === undefined) return leaveAtOnce(tally, log);
    log.stopping(tally.frames - (tally.report?.delivered ?? 0));
    void platform.close({ deadlineMs: NO_DEADLINE_MS });
  });
  try {
    const files = await findImages(settings.input);
    platform = connect(settings.platform);
    const events$ = sessionOf(settings, files, platform, tally, log);
    listening.add(progressOf(tally, files.length).subscribe(log.progress));
    await events$.forEach(log.event);
    return endOf(tally);
  } catch (error) {
    return { ...endOf(tally), error };
  } finally {
    await platform?.close();
    listening.unsubscribe();
  }
};

const sessionOf = (
  { gray, pace, rheed }: StreamSettings,
  files: readonly string[],
  platform: Platform,
  tally: Tally,
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

const progressOf = (tally: Tally, files: number): Observable<Progress> =>
  interval(PROGRESS_MS).pipe(
    map(() => ({
      atMs: performance.now(),
      frames: tally.frames,
      bytes: tally.bytes,
      files,
      delivered: tally.report?.delivered ?? 0,
      retries: tally.retries,
      heldBytes: Budget.shared.used,
      budgetBytes: Budget.shared.bytes,
    })),
  );

const endOf = ({ report }: Tally): RunEnd => (report === undefined ? {} : { report });

const leaveAtOnce = (tally: Tally, log: RunLog): void => {
  const { report } = tally;
  const end = report === undefined ? {} : { report: { ...report, lost: report.lost + report.kept, kept: 0 } };
  log.end(1, { ...end, error: new Error('stopped at once') });
  // On Windows a pipe is written in the background, and an exit would cut it short.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(1)));
};
