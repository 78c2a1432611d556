import { describe, expect, it, jest } from '@jest/globals';
import { asyncScheduler, timer } from 'rxjs';
import { clockScheduler } from '../../src/flow/clockScheduler.js';
import { marbles } from '../../src/testing/marbles.js';

describe('clockScheduler', () => {
  it('is virtual inside a marble test', () => {
    marbles(({ expectObservable, flush }) => {
      expectObservable(timer(25, clockScheduler)).toBe('25ms (0|)', [0]);
      const times: number[] = [clockScheduler.now()];
      clockScheduler.schedule(() => times.push(clockScheduler.now()), 40);
      flush();
      expect(times).toEqual([0, 40]);
    });
  });

  it('starts as the time of day, and does not follow a step of the wall clock', () => {
    expect(Math.abs(clockScheduler.now() - Date.now())).toBeLessThan(60_000);
    const before = clockScheduler.now();
    const step = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2040, 0));
    try {
      expect(asyncScheduler.now()).toBe(Date.UTC(2040, 0));
      expect(clockScheduler.now() - before).toBeLessThan(60_000);
    } finally {
      step.mockRestore();
    }
  });
});
