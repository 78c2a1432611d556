import { toProblem } from '../model/problem.js';
import { plainError } from './plainError.js';
import type { RunLog } from './runLog.js';

/** One JSON object and a newline. A whole number beyond 2^53 (a camera's ticks) becomes a string of its digits. */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))}\n`;

/**
 * A run as JSON lines, told apart by their `event`: every session event under its type, `note`, `warning`, `window`, `stopping`, and
 * at the end `report` (always the last), with the exit code, the fields of the session's report if there was a session, the problem if
 * there was one, and what is kept where. An error is also said to `complain` in a sentence.
 */
export const jsonLines = (write: (text: string) => void, complain: (text: string) => void): RunLog => {
  const say = (event: string, more: object) => write(jsonLine({ event, ...more }));
  return {
    event: ({ type, ...more }) => say(type, more),
    note: (text) => say('note', { text }),
    warn: (text) => say('warning', { text }),
    window: ([lo, hi]) => say('window', { lo, hi }),
    progress: () => {},
    stopping: (undelivered, { spool, waitsFor }) =>
      say('stopping', { undelivered, ...(waitsFor && { waitsFor, ...(spool && { spool }) }) }),
    end: (exitCode, { report, error }, { spool, isKeyless }) => {
      if (error !== undefined) complain(`${plainError(error, isKeyless)}\n`);
      const isKept = spool !== undefined && report !== undefined && report.kept + report.rejected > 0;
      const problem = error === undefined ? {} : { problem: toProblem(error) };
      say('report', { exitCode, ...report, ...problem, ...(isKept ? { spool } : {}) });
    },
  };
};
