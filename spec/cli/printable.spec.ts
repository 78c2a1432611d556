import { describe, expect, it } from '@jest/globals';
import { printable } from '../../src/cli/printable.js';

describe('printable', () => {
  it.each([
    ['Wachstum 42 µm, 成長', 'Wachstum 42 µm, 成長'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\nb\u0000', 'a\\u{a}b\\u{0}'],
    ['gpj.\u202etxt', 'gpj.\\u{202e}txt'],
    ['\u2028', '\\u{2028}'],
  ])('writes out what would move a terminal: %j', (name, text) => {
    expect(printable(name)).toBe(text);
  });
});
