import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../../src/model/errors.js';
import { type PointBlock, pointsOf } from '../../src/streamers/pointBlock.js';

const refusal = (block: unknown): unknown => {
  try {
    return pointsOf(block as PointBlock);
  } catch (error) {
    return error;
  }
};

describe('pointsOf', () => {
  it('gives times in ms, and values and units as they are', () => {
    const block = { timestamps: [1700000000, 1700000000.25], values: [1, Number.NaN], units: 'C' };
    expect(pointsOf(block)).toEqual({ times: [1700000000000, 1700000000250], values: [1, Number.NaN], units: 'C' });
    expect(pointsOf({ ...block, timeBase: 'recorded' })).toMatchObject({ timeBase: 'recorded' });
    expect(pointsOf({ timestamps: [1], values: [2] })).toEqual({ times: [1000], values: [2] });
  });

  it('takes arrays of floats, and copies all of them', () => {
    const [timestamps, values] = [Float64Array.of(1, 2), Float32Array.of(0.5, 1.5)];
    const points = pointsOf({ timestamps, values });
    timestamps.fill(9);
    values.fill(9);
    expect(points).toEqual({ times: [1000, 2000], values: [0.5, 1.5] });
  });

  it('loses less than a microsecond of any time since 1970', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4e9, noNaN: true }), (seconds) => {
        const [ms = 0] = pointsOf({ timestamps: [seconds], values: [0] }).times;
        expect(Math.abs(ms / 1000 - seconds)).toBeLessThan(1e-6);
      }),
    );
  });

  it.each([
    ['NaN', Number.NaN, 'must be finite unix seconds'],
    ['infinity', Number.POSITIVE_INFINITY, 'must be finite unix seconds'],
    ['a text', '1700000000', 'must be finite unix seconds'],
    ['nothing', undefined, 'must be finite unix seconds'],
    ['a time before 1970', -1, 'must not be before 1970 (unix seconds)'],
    ['milliseconds', 1_700_000_000_000, 'must be unix seconds (this looks like milliseconds)'],
    ['milliseconds of 1973', 1e11, 'must be unix seconds (this looks like milliseconds)'],
  ])('refuses %s for a time, and names it', (_, value, rule) => {
    const error = refusal({ timestamps: [1700000000, value], values: [1, 2] });
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ context: { field: 'timestamps', value, rule } });
  });

  it.each([
    ['timestamps', { values: [1] }],
    ['timestamps', { timestamps: 1700000000, values: [1] }],
    ['values', { timestamps: [1], values: '1' }],
    ['values', { timestamps: [1] }],
    ['timestamps', undefined],
  ])('refuses %s that are no array: %j', (field, block) => {
    expect(refusal(block)).toMatchObject({ context: { field, rule: 'must be an array of numbers' } });
  });
});
