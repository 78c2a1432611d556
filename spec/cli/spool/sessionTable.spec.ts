import { describe, expect, it } from '@jest/globals';
import type { SessionRow } from '../../../src/cli/spool/sessionRow.js';
import { sessionTable } from '../../../src/cli/spool/sessionTable.js';

const row = (more: Partial<SessionRow> = {}): SessionRow => ({
  id: '3f2a',
  name: 'Growth 42',
  state: 'waiting',
  whose: 'ours',
  kind: 'rheed',
  undelivered: 48,
  rejected: 0,
  lost: 0,
  bytes: 1.25e6,
  startedAt: 0,
  endpoint: 'https://lab.example',
  damaged: 0,
  isStreamOver: false,
  ...more,
});

/** The cells of a line: two blanks or more are between them. */
const cells = (line: string) => line.split(/ {2,}/);

describe('sessionTable', () => {
  it('has a line a session, and beneath it why it was left', () => {
    const rows = [
      row(),
      row({ id: 'aa', state: 'refused', undelivered: 0, rejected: 1, problem: 'put: \u001b[31mtoo large' }),
      row({ id: 'bb', whose: 'another key', damaged: 2, startedAt: 7_000_000, name: 'a\nb' }),
    ];
    const [head, first, second, why, third, ...more] = sessionTable(rows, 7_385_000);
    expect(cells(head!)).toEqual(['ID', 'STATE', 'UNDELIVERED', 'REFUSED', 'SIZE', 'AGE', 'ENDPOINT', 'NAME']);
    const [size, endpoint] = ['1.3 MB', 'https://lab.example'];
    expect(cells(first!)).toEqual([
      '3f2a',
      'waiting',
      '48 frames',
      '0 frames',
      size,
      '2 h 3 min',
      endpoint,
      'Growth 42',
    ]);
    expect(cells(second!)).toEqual(['aa', 'refused', '0 frames', '1 frame', size, '2 h 3 min', endpoint, 'Growth 42']);
    expect(why).toBe('  last tried: put: \\u{1b}[31mtoo large');
    expect(cells(third!).slice(1, 3)).toEqual(['waiting, another key, 2 parts damaged', '48 frames']);
    expect(third).toMatch(/a\\u\{a\}b$/);
    expect(more).toEqual([]);
  });

  it('shows what is lost apart from what waits', () => {
    const [, line] = sessionTable([row({ undelivered: 0, lost: 120 })], 0);
    expect(cells(line!).slice(1, 3)).toEqual(['waiting, 120 frames lost', '0 frames']);
  });

  it('stands in columns', () => {
    const lines = sessionTable([row(), row({ id: 'a-much-longer-id', state: 'unreadable' })], 0);
    const column = lines.map((line) => line.indexOf('https://lab.example'));
    expect(column).toEqual([-1, column[1], column[1]]);
    expect(lines[0]?.indexOf('ENDPOINT')).toBe(column[1]);
  });

  it('tells what is not known', () => {
    const { startedAt: _, endpoint: __, ...rest } = row();
    expect(cells(sessionTable([rest], 0)[1]!).slice(5, 7)).toEqual(['?', '?']);
  });
});
