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

describe('arrivalTimes', () => {
  it('are those of the wall clock', () => {
    expect(
      timesAt([
        [1000, 0],
        [1000, 0.4],
        [1500, 500],
        [9_000_000, 10],
      ]),
    ).toEqual([1000, 1000, 1500, 9_000_000]);
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
    expect(timesAt(arrivals)).toEqual([3_700_000, 3_700_250, 3_700_250, 3_700_500, 3_700_500, 3_700_600]);
  });

  it('go on from where they were when it is set back twice', () => {
    expect(
      timesAt([
        [5000, 0],
        [3100, 100],
        [1200, 100],
        [1300, 100],
        [5301, 1],
      ]),
    ).toEqual([5000, 5100, 5200, 5300, 5301]);
  });
});
