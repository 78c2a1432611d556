import { describe, expect, it } from '@jest/globals';
import { count, duration, size } from '../../src/cli/quantity.js';

describe('quantities', () => {
  it.each([
    [0, '0 s'],
    [0.2, '1 s'],
    [59.5, '1 min 0 s'],
    [125, '2 min 5 s'],
    [3_600, '1 h 0 min'],
    [86_399, '23 h 59 min'],
    [200_000, '2 d 7 h'],
  ])('%s seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [123_456, '123 kB'],
    [99_949, '99.9 kB'],
    [1.5e9, '1.5 GB'],
    [7.5e15, '7500 TB'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  it('counts one and several', () => {
    expect([count(1, 'frame'), count(0, 'frame'), count(2, 'chunk')]).toEqual(['1 frame', '0 frames', '2 chunks']);
  });
});
