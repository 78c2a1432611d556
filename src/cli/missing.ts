import type { SessionReport } from '../model/sessionReport.js';
import { printable } from './printable.js';
import { count } from './quantity.js';
import type { Whereabouts } from './runLog.js';

/** What a report misses and why, where it is, and what can be done with it, a line each. */
export const missing = (
  { session, kept, rejected, lost, deadLetters, orphans }: SessionReport,
  { input, spool, waitsFor }: Whereabouts,
): string[] => {
  const gone = lost + (spool === undefined ? kept + rejected : 0);
  return [
    ...(spool !== undefined && kept > 0
      ? [
          `${count(kept, 'frame')} ${are(kept)} kept in ${spool.dir}: ${spool.resume} delivers them${waitsFor === undefined ? '' : ` with ${waitsFor}`}`,
        ]
      : []),
    ...(gone > 0
      ? [`${count(gone, 'frame')} ${were(gone)} not delivered and ${are(gone)} kept nowhere else${origin(input)}`]
      : []),
    ...deadLetters.map(
      ({ chunk, problem }) => `chunk ${chunk.index} (${count(chunk.items, 'frame')}): ${problem.message}`,
    ),
    ...(spool !== undefined && rejected > 0
      ? [
          `${count(rejected, 'refused frame')} ${are(rejected)} kept in ${spool.dir}: epistream spool export ${session} --out DIR writes them out, epistream spool retry ${session} sends them again`,
        ]
      : []),
    ...orphans.map((name) => `a stream named "${printable(name)}" may have been left on the platform`),
  ];
};

const origin = (input: string | undefined): string => (input === undefined ? '' : `: the images are in ${input}`);
const are = (number: number): string => (number === 1 ? 'is' : 'are');
const were = (number: number): string => (number === 1 ? 'was' : 'were');
