import type { SessionReport } from '../model/sessionReport.js';
import { chunkText } from './chunkText.js';
import type { RunEnd } from './exitCode.js';
import { itemNoun } from './itemNoun.js';
import { printable } from './printable.js';
import { count, them } from './quantity.js';
import type { Whereabouts } from './runLog.js';

/** What a report misses and why, where it is, and what can be done with it, a line each. */
export const missing = (
  report: SessionReport,
  { spool, waitsFor }: Whereabouts,
  { part, origin }: Pick<RunEnd, 'part' | 'origin'> = {},
): string[] => {
  const { session, kept, rejected, lost, deadLetters, orphans } = report;
  const noun = itemNoun(report, part);
  const gone = lost + (spool === undefined ? kept + rejected : 0);
  const still = origin === undefined ? '' : `: ${origin}`;
  return [
    ...(spool !== undefined && kept > 0
      ? [
          `${count(kept, noun)} ${are(kept)} kept in ${spool.dir}: ${spool.resume} delivers ${them(kept)}${waitsFor === undefined ? '' : ` with ${waitsFor}`}`,
        ]
      : []),
    ...(gone > 0
      ? [`${count(gone, noun)} ${were(gone)} not delivered and ${are(gone)} kept nowhere else${still}`]
      : []),
    ...deadLetters.map(({ chunk, problem }) => `${chunkText(chunk)} (${count(chunk.items, noun)}): ${problem.message}`),
    ...(spool !== undefined && rejected > 0
      ? [
          `${count(rejected, `refused ${noun}`)} ${are(rejected)} kept in ${spool.dir}: epistream spool export ${session} --out DIR writes ${them(rejected)} out, epistream spool retry ${session} sends ${them(rejected)} again`,
        ]
      : []),
    ...orphans.map((name) => `a stream named "${printable(name)}" may have been left on the platform`),
  ];
};

const are = (number: number): string => (number === 1 ? 'is' : 'are');
const were = (number: number): string => (number === 1 ? 'was' : 'were');
