import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { besides, dot, orthonormal } from '../../src/operators/orthonormal.js';
import { periodogram } from '../../src/operators/periodogram.js';

const vector = (values: Iterable<number>) => Float64Array.from(values);

/** The squares that are left when `values` are fitted by the columns: normal equations, solved by elimination. */
const leftBeside = (columns: readonly Float64Array[], values: Float64Array, weights: Float64Array): number => {
  const rows = columns.map((a) => [...columns.map((b) => dot(a, b, weights)), dot(a, values, weights)]);
  for (const [at, pivot] of rows.entries())
    for (const [other, row] of rows.entries()) {
      const factor = row[at]! / pivot[at]!;
      if (other !== at) for (let k = 0; k < row.length; k++) row[k]! -= factor * pivot[k]!;
    }
  const rest = values.map((value, i) =>
    columns.reduce((left, column, k) => left - (column[i]! * rows[k]!.at(-1)!) / rows[k]![k]!, value),
  );
  return dot(rest, rest, weights);
};

const uneven = fc
  .array(
    fc.record({
      gap: fc.double({ min: 0.2, max: 3, noNaN: true }),
      value: fc.integer({ min: -99, max: 99 }),
      weight: fc.integer({ min: 1, max: 9 }),
    }),
    {
      minLength: 12,
      maxLength: 30,
    },
  )
  .map((points) => {
    let time = 0;
    return {
      times: vector(points.map(({ gap }) => (time += gap))),
      values: vector(points.map(({ value }) => value)),
      weights: vector(points.map(({ weight }) => weight)),
    };
  });

describe('periodogram', () => {
  it('is what least squares of sine, cosine and parabola take away beside the parabola, at any times', () => {
    fc.assert(
      fc.property(uneven, fc.double({ min: 0.03, max: 0.2, noNaN: true }), ({ times, values, weights }, first) => {
        const parabola = [0, 1, 2].map((power) => times.map((time) => (time / times.at(-1)!) ** power));
        const trend = orthonormal(parabola, weights);
        const drifting = besides(values, trend, weights);
        fc.pre(dot(drifting, drifting, weights) > 1);
        fc.pre(first * (times.at(-1)! - times[0]!) > 0.75); // less of a wave is a parabola
        const frequencies = { first, step: 0.007, count: 5 };
        const powers = periodogram({ times, values: drifting, weights }, trend, frequencies);
        const before = leftBeside(parabola, values, weights);
        for (const [k, power] of powers.entries()) {
          const waves = [Math.cos, Math.sin].map((shape) =>
            times.map((time) => shape(2 * Math.PI * (first + k * frequencies.step) * time)),
          );
          expect(power).toBeCloseTo(1 - leftBeside([...parabola, ...waves], values, weights) / before, 6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is 1 at the frequency of a sinusoid, and 0 where the points do not tell a sine from a constant', () => {
    const times = vector(Array.from({ length: 40 }, (_, n) => n));
    const weights = times.map(() => 1);
    const trend = orthonormal([times.map(() => 1)], weights);
    const values = times.map((time) => Math.cos(2 * Math.PI * 0.1 * time));
    const powers = periodogram({ times, values, weights }, trend, { first: 0.1, step: 0.4, count: 2 });
    expect(powers[0]).toBeCloseTo(1, 12);
    expect(powers[1]).toBe(0);
  });
});

describe('orthonormal directions', () => {
  it('are of length 1, at right angles, and leave out what is made of the others', () => {
    const weights = vector([1, 2, 3, 4]);
    const [a, b] = [vector([1, 1, 1, 1]), vector([1, 2, 3, 5])];
    const directions = orthonormal([a, b, a.map((value, i) => 2 * value - b[i]!)], weights);
    const products = directions.map((one) => directions.map((other) => dot(one, other, weights)));
    expect(products.map((row) => row.map((product) => Math.round(product * 1e12) / 1e12 + 0))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
