import { describe, expect, it } from '@jest/globals';
import { strongestOscillation } from '../../src/operators/strongestOscillation.js';

const search = { minPeriod: 2.5, maxPeriod: 12, cycles: 2 };
const cosine = (count: number, period: number) => {
  const times = Float64Array.from({ length: count }, (_, index) => index);
  const values = times.map((time) => Math.cos((2 * Math.PI * time) / period));
  return { times, values, weights: times.map(() => 1) };
};

describe('The strongest oscillation', () => {
  it('of a perfect sinusoid has strength 1, also where rounding would take it above', () => {
    const { period, strength } = strongestOscillation(cosine(12, 2.75 - 2 ** -51), search);
    expect(period).toBeCloseTo(2.75, 1);
    expect(strength).toBe(1);
  });

  it.each([0, 1, 2])('of %d points is none', (count) => {
    expect(strongestOscillation(cosine(count, 3), search)).toEqual({ period: Number.NaN, strength: 0 });
  });
});
