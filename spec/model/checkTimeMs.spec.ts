import { expect, it } from '@jest/globals';
import { checkTimeMs } from '../../src/model/checkTimeMs.js';

it.each([0, -1, 12_345.5, 4e8, 1_763_668_800_000, Date.UTC(1985, 0), Date.UTC(2128, 0)])('%d ms is a time', (ms) => {
  expect(() => checkTimeMs('capturedAt', ms)).not.toThrow();
});

it.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1.1e14,
  1_763_668_800,
  Date.UTC(1990, 0) / 1000,
  Date.UTC(2100, 0) / 1000,
])('%d is none, or is in another unit', (time) => {
  expect(() => checkTimeMs('capturedAt', time)).toThrow(
    expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field: 'capturedAt' }) }),
  );
});
