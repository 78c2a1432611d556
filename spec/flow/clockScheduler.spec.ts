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

  it('starts as the time of day', () => {
    expect(Math.abs(clockScheduler.now() - Date.now())).toBeLessThan(60_000);
  });

  it.each([Date.UTC(1970, 0, 2), Date.UTC(2040, 0)])('does not follow a step of the wall clock to %i', (wall) => {
    const before = clockScheduler.now();
    const step = jest.spyOn(Date, 'now').mockReturnValue(wall);
    try {
      expect(asyncScheduler.now()).toBe(wall);
      expect(Math.abs(clockScheduler.now() - before)).toBeLessThan(60_000);
    } finally {
      step.mockRestore();
    }
  });
});
