import { describe, expect, it } from '@jest/globals';
import { rheedPattern } from '../../src/testing/rheedPattern.js';

describe('rheedPattern', () => {
  const run = rheedPattern(41, { fps: 20, monolayerSeconds: 1 });
  const sums = run.map(({ data }) => data.reduce((sum, value) => sum + value, 0));

  it('oscillates once a monolayer, and less with every layer', () => {
    const minima = sums.flatMap((sum, index) =>
      sum < (sums[index - 1] ?? 0) && sum < (sums[index + 1] ?? 0) ? [index] : [],
    );
    expect(minima).toEqual([10, 30]);
    expect(sums[30]! - sums[10]!).toBeGreaterThan(0);
    expect(sums[0]! - sums[20]!).toBeGreaterThan(0);
  });

  it('has its brightest pixel in the middle and dark corners', () => {
    const { data, width, height } = run[0]!;
    expect([width, height, data.length]).toEqual([64, 48, 64 * 48]);
    expect(data.indexOf(Math.max(...data))).toBe(24 * 64 + 32);
    expect([data[0], data.at(-1)]).toEqual([8, 8]);
  });

  it('is the same every time', () => {
    expect(rheedPattern(41, { fps: 20, monolayerSeconds: 1 })).toEqual(run);
  });
});
