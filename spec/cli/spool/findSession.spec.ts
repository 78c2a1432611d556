import { describe, expect, it } from '@jest/globals';
import { findSession } from '../../../src/cli/spool/findSession.js';
import { UsageError } from '../../../src/cli/usageError.js';
import { spooled } from './spooled.js';

const sessions = [
  spooled({ id: 'abc1', name: 'Growth 42' }),
  spooled({ id: 'abc2', name: 'Growth 43' }),
  spooled({ id: 'abd1', name: 'Growth 43' }),
  spooled({ id: 'abc', name: 'abd' }),
];
const find = (text: string) => findSession('/spool', sessions, text).id;

describe('findSession', () => {
  it.each([
    ['abc1', 'abc1'],
    ['abc', 'abc'],
    ['ABC2', 'abc2'],
    ['Growth 42', 'abc1'],
    [' Growth 42 ', 'abc1'],
  ])('finds %s', (text, id) => {
    expect(find(text)).toBe(id);
  });

  it.each([
    ['Growth 43', '/spool has 2 sessions "Growth 43": abc2, abd1'],
    ['ab', '/spool has 4 sessions "ab": abc1, abc2, abd1, abc'],
    ['abd', '/spool has 2 sessions "abd": abd1, abc'],
    ['growth 42', '/spool has no session "growth 42": epistream spool ls names those it has'],
    ['', '/spool has no session ""'],
    ['\u001b[2J', '/spool has no session "\\\\u{1b}[2J"'],
  ])('refuses %j', (text, why) => {
    expect(() => find(text)).toThrow(UsageError);
    expect(() => find(text)).toThrow(why);
  });
});
