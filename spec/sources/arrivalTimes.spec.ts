import { describe, expect, it } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { arrivalTimes } from '../../src/sources/arrivalTimes.js';

/** The times of arrivals at these moments of the wall clock, which really were so many ms apart. */
const timesAt = (arrivals: readonly (readonly [wall: number, since: number])[]): number[] => {
  let [wall, now] = [0, 5e6];
  const scheduler = Object.assign(Object.create(asyncScheduler), { now: () => now });
  const stamp = arrivalTimes({ scheduler, wallMs: () => wall });
  return arrivals.map(([at, since]) => {
    [wall, now] = [at, now + since];
    return stamp();
  });
};

const now = 1_780_000_000_000;

describe('arrivalTimes', () => {
  it('are those of the wall clock', () => {
    const arrivals = [
      [now, 0],
      [now + 1, 0.4],
      [now + 500, 499.5],
      [now + 9_000_000, 10],
    ] as const;
    expect(timesAt(arrivals)).toEqual(arrivals.map(([wall]) => wall));
  });

  it('rise within a millisecond, also when no time passes, and stay apart as seconds', () => {
    const times = timesAt([
      [now, 0],
      [now, 0.4],
      [now, 0],
      [now, 0],
      [now + 1, 0.3],
    ]);
    expect(times).toEqual([now, now + 0.4, now + 0.401, now + 0.402, now + 1]);
    expect(new Set(times.map((t) => t / 1000)).size).toBe(5);
  });

  it('go on at their own pace while the wall clock is set back, until it has caught up', () => {
    const arrivals = [
      [3_700_000, 0],
      [100_250, 250.25],
      [100_250, 0.25],
      [100_500, 249.5],
      [3_700_400, 0],
      [3_700_600, 0],
    ] as const;
    expect(timesAt(arrivals)).toEqual([3_700_000, 3_700_250.25, 3_700_250.5, 3_700_500, 3_700_500.001, 3_700_600]);
  });

  it('go on from where they were when it is set back twice', () => {
    const arrivals = [
      [5000, 0],
      [3100, 100],
      [1200, 100],
      [1300, 100],
      [5301, 1],
    ] as const;
    expect(timesAt(arrivals)).toEqual([5000, 5100, 5200, 5300, 5301]);
  });
});
