import type { Gap } from '../model/gap.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { chunkText } from './chunkText.js';
import { missing } from './missing.js';
import { outcomeText } from './outcomeText.js';
import { plainError } from './plainError.js';
import { printable } from './printable.js';
import { type Progress, progressText } from './progress.js';
import { count, them } from './quantity.js';
import type { RunLog, Undelivered, Whereabouts } from './runLog.js';

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
    event: (event, part) => {
      const text = textOf(event);
      if (text !== undefined) say(labelled(part, text));
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
    end: (_, ends, where) => {
      terminal.write(eraseLine);
      const label = (text: string, part?: string) => labelled(ends.length > 1 ? part : undefined, text);
      for (const { report, part } of ends)
        if (report !== undefined) result.write(`${label(outcomeText(report, part), part)}\n`);
      for (const { error, part } of ends) if (error !== undefined) say(label(plainError(error, where.isKeyless), part));
      for (const end of ends)
        if (end.report !== undefined) for (const line of missing(end.report, where, end)) say(label(line, end.part));
    },
  };
};

const labelled = (part: string | undefined, text: string): string => (part === undefined ? text : `${part}: ${text}`);

const stoppingText = (undelivered: readonly Undelivered[], { spool, waitsFor }: Whereabouts): string => {
  const more = undelivered.map(({ items, noun }) => count(items, `more ${noun}`)).join(' and ');
  if (waitsFor === undefined) {
    const streams = undelivered.length > 1 ? 'streams' : 'stream';
    const again = spool === undefined ? 'give them up' : `leave the rest in ${spool.dir}`;
    return `stopping: delivering ${more} and ending the ${streams} (again to ${again})`;
  }
  const it = them(undelivered.reduce((sum, { items }) => sum + items, 0));
  const again =
    spool === undefined
      ? `asking again gives ${it} up`
      : `asking again leaves ${it} in ${spool.dir}, and ${spool.resume} delivers ${it}`;
  return `stopping: delivery of ${more} waits for ${waitsFor} (${again})`;
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
      return `${chunkText(event.chunk)} was refused: ${event.problem.message}`;
    case 'paused':
      return `paused: ${event.problem.message}`;
    case 'resumed':
      return 'resumed';
    case 'gap':
      return gapText(event.gap);
    case 'overlap':
      return `chunk ${event.index} begins before the last frame of the one before it: is --fps right?`;
    default:
      return undefined;
  }
};

/** What was dropped of a channel came too late to stand in its place. */
const gapText = ({ frames, channel }: Gap): string =>
  channel === undefined
    ? `${frames} frames are missing before this one`
    : `${count(frames, 'point')} of ${printable(channel)} ${frames === 1 ? 'is' : 'are'} missing`;
