import { itemNoun } from '../itemNoun.js';
import { printable } from '../printable.js';
import { count, duration, size } from '../quantity.js';
import type { SessionRow } from './sessionRow.js';

const HEAD = ['ID', 'STATE', 'UNDELIVERED', 'REFUSED', 'SIZE', 'AGE', 'ENDPOINT', 'NAME'] as const;

/** Sessions as lines for a person: one each, and beneath it why it is still there. */
export const sessionTable = (rows: readonly SessionRow[], nowMs: number): readonly string[] => {
  const cells = [HEAD, ...rows.map((row) => cellsOf(row, nowMs))];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.flatMap((line, index) => {
    const problem = rows[index - 1]?.problem;
    return problem === undefined ? [line] : [line, `  last tried: ${printable(problem)}`];
  });
};

const cellsOf = (row: SessionRow, nowMs: number): readonly string[] => {
  const { id, name, state, whose, undelivered, rejected, bytes, startedAt, endpoint = '?', damaged, lost } = row;
  const noun = itemNoun(row);
  return [
    id,
    [
      state,
      ...(whose === 'ours' || whose === 'unknown' ? [] : [whose]),
      ...(lost > 0 ? [`${count(lost, noun)} lost`] : []),
      ...(damaged > 0 ? [`${count(damaged, 'part')} damaged`] : []),
    ].join(', '),
    count(undelivered, noun),
    count(rejected, noun),
    size(bytes),
    startedAt === undefined ? '?' : duration(Math.max(0, nowMs - startedAt) / 1000),
    printable(endpoint),
    printable(name),
  ];
};
