import type { SessionEvent } from '../model/sessionEvent.js';
import { missing } from './missing.js';
import { outcomeText } from './outcomeText.js';
import { plainError } from './plainError.js';
import { type Progress, progressText } from './progress.js';
import { count } from './quantity.js';
import type { RunLog, Whereabouts } from './runLog.js';

/** The part of a terminal's stream that is needed; a file or a pipe has neither of the optional ones. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Rates are averaged over this long. */
const RATE_MS = 5_000;
/** How often a line of progress goes to something that is not a terminal. */
const PLAIN_MS = 10_000;

/**
 * A run for a person: on a terminal one line of progress that is rewritten, elsewhere a line now and then; in between, what is worth
 * knowing. The result goes to `result`, everything else to `terminal`.
 */
export const terminalLines = (terminal: Terminal, result: Terminal): RunLog => {
  const eraseLine = terminal.isTTY ? '\r\x1b[K' : '';
  const say = (text: string) => terminal.write(`${eraseLine}${text}\n`);
  let recent: Progress[] = [];
  let shownAt = 0;
  return {
    event: (event) => {
      const text = textOf(event);
      if (text !== undefined) say(text);
    },
    note: (text) => say(`note: ${text}`),
    warn: (text) => say(`warning: ${text}`),
    window: ([lo, hi]) => say(`window ${lo}:${hi}, taken from the first frame`),
    progress: (now) => {
      recent = [...recent.filter(({ atMs }) => now.atMs - atMs <= RATE_MS), now];
      const text = progressText(now, recent[0] ?? now);
      if (terminal.isTTY) terminal.write(`${eraseLine}${text.slice(0, (terminal.columns || 80) - 1)}`);
      else if (now.atMs - shownAt >= PLAIN_MS) {
        shownAt = now.atMs;
        say(text);
      }
    },
    stopping: (undelivered, where) => say(stoppingText(undelivered, where)),
    end: (_, { report, error }, where) => {
      terminal.write(eraseLine);
      if (report !== undefined) result.write(`${outcomeText(report)}\n`);
      if (error !== undefined) say(plainError(error, where.isKeyless));
      if (report !== undefined) for (const line of missing(report, where)) say(line);
    },
  };
};

const stoppingText = (undelivered: number, { spool, waitsFor }: Whereabouts): string => {
  if (waitsFor === undefined)
    return `stopping: delivering ${undelivered} more frames and ending the stream (again to ${spool === undefined ? 'give them up' : `leave the rest in ${spool.dir}`})`;
  const again =
    spool === undefined
      ? 'asking again gives them up'
      : `asking again leaves them in ${spool.dir}, and ${spool.resume} delivers them`;
  return `stopping: delivery of ${count(undelivered, 'more frame')} waits for ${waitsFor} (${again})`;
};

const textOf = (event: SessionEvent): string | undefined => {
  switch (event.type) {
    case 'opened':
      return event.continues === undefined
        ? `opened stream ${event.dataId}`
        : `stream ${event.continues} was closed by the platform: going on as stream ${event.dataId}`;
    case 'linkRefused':
      return `not linked: ${event.problem.message}`;
    case 'rejected':
      return `chunk ${event.chunk.index} was refused: ${event.problem.message}`;
    case 'paused':
      return `paused: ${event.problem.message}`;
    case 'resumed':
      return 'resumed';
    case 'gap':
      return `${event.gap.frames} frames are missing before this one`;
    case 'overlap':
      return `chunk ${event.index} begins before the last frame of the one before it: is --fps right?`;
    default:
      return undefined;
  }
};
