import { toProblem } from '../model/problem.js';
import type { RunEnd } from './exitCode.js';
import { plainError } from './plainError.js';
import type { RunLog } from './runLog.js';

/** One JSON object and a newline. A whole number beyond 2^53 (a camera's ticks) becomes a string of its digits. */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))}\n`;

/**
 * A run as JSON lines, told apart by their `event`: every session event under its type, `note`, `warning`, `window`, `stopping`, and
 * at the end `report` (always the last), with the exit code, the fields of the session's report if there was a session, the problem if
 * there was one, and what is kept where; of several sessions the same under `sessions`. An error is also said to `complain` in a
 * sentence.
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
      say('stopping', {
        undelivered: undelivered.reduce((sum, { items }) => sum + items, 0),
        ...(undelivered.length > 1 && {
          parts: Object.fromEntries(undelivered.map(({ part, items }) => [part, items])),
        }),
        ...(waitsFor && { waitsFor, ...(spool && { spool }) }),
      }),
    end: (exitCode, ends, { spool, isKeyless }) => {
      for (const { error } of ends) if (error !== undefined) complain(`${plainError(error, isKeyless)}\n`);
      const isKept = spool !== undefined && ends.some(({ report }) => report && report.kept + report.rejected > 0);
      const [first, ...others] = ends;
      const came =
        first === undefined || others.length > 0
          ? { sessions: ends.map((end) => ({ part: end.part, ...cameTo(end) })) }
          : cameTo(first);
      say('report', { exitCode, ...came, ...(isKept ? { spool } : {}) });
    },
  };
};

const cameTo = ({ report, error }: RunEnd): object => ({
  ...report,
  ...(error === undefined ? {} : { problem: toProblem(error) }),
});
