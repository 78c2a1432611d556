import { describe, expect, it, jest } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { clockScheduler } from '../../src/flow/clockScheduler.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { marbles } from '../../src/testing/marbles.js';

describe('hostClock', () => {
  it("moves timers with the monotonic scheduler and names moments by the wall's clock", () => {
    const wall = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2040, 0));
    try {
      expect(hostClock.wallMs()).toBe(Date.UTC(2040, 0));
      expect(hostClock.scheduler).toBe(clockScheduler);
    } finally {
      wall.mockRestore();
    }
  });

  it('is virtual inside a marble test', () => {
    marbles(({ flush }) => {
      const times = [hostClock.wallMs()];
      asyncScheduler.schedule(() => times.push(hostClock.wallMs()), 30);
      flush();
      expect(times).toEqual([0, 30]);
    });
  });
});
