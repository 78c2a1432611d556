import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { delayOf, type RetryPolicy } from '../../src/flow/retryPolicy.js';

const steps = (policy: RetryPolicy, retries: number) =>
  Array.from({ length: retries }, (_, index) => delayOf(policy, index + 1, undefined));

describe('RetryPolicy', () => {
  it('doubles from 500 ms to 30 s by default', () => {
    expect(steps({ random: () => 1 }, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('jitters the whole wait', () => {
    expect(steps({ baseMs: 100, capMs: 250, random: () => 0.5 }, 3)).toEqual([50, 100, 125]);
    expect(steps({ random: () => 0 }, 3)).toEqual([0, 0, 0]);
  });

  it('takes Retry-After as a floor, with the jitter on top', () => {
    const policy = { baseMs: 10, random: () => 0.5, retryAfterMs: (error: unknown) => error as number };
    expect(delayOf(policy, 1, 100)).toBe(105);
    expect(delayOf(policy, 1, undefined)).toBe(5);
  });

  it.each([
    [1e12, 600_000],
    [Infinity, 600_000],
    [-5, 0],
    [Number.NaN, 0],
  ])('makes of a Retry-After of %p ms %p', (asked, floor) => {
    expect(delayOf({ random: () => 0, retryAfterMs: () => asked }, 1, 'error')).toBe(floor);
  });

  it('without a cap is never longer than a timer can keep', () => {
    expect(delayOf({ capMs: Infinity, random: () => 1 }, 40, 'error')).toBe(2 ** 31 - 1);
  });

  it('stays a wait that a timer can keep, whatever the number of the retry', () => {
    const waits = fc.record({
      baseMs: fc.nat(60_000),
      capMs: fc.nat(3_600_000),
      retryNo: fc.integer({ min: 1, max: 1e9 }),
    });
    fc.assert(
      fc.property(
        waits,
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (wait, asked, random) => {
          const policy = { ...wait, random: () => random, retryAfterMs: () => asked };
          const delayMs = delayOf(policy, wait.retryNo, 'error');
          expect(delayMs).toBeGreaterThanOrEqual(Math.min(asked, 600_000));
          expect(delayMs).toBeLessThanOrEqual(Math.min(asked, 600_000) + wait.capMs);
        },
      ),
      { verbose: true },
    );
  });
});
