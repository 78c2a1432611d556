import { expect, it } from '@jest/globals';
import { RetryTokens } from '../../src/delivery/retryTokens.js';

it('a burst of retries goes at once, the rest one by one', () => {
  const tokens = new RetryTokens(3, 250);
  expect([0, 0, 0, 0, 0].map((now) => tokens.take(now))).toEqual([0, 0, 0, 250, 500]);
  expect(tokens.take(500)).toBe(250);
});

it('the bucket is full again after a while, and never fuller', () => {
  const tokens = new RetryTokens(2, 100);
  for (let i = 0; i < 5; i++) tokens.take(0);
  expect([0, 1, 2].map(() => tokens.take(1_000_000))).toEqual([0, 0, 100]);
});
