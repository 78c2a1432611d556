import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ChunkStarts } from '../../src/sinks/chunkStarts.js';

const estimate = (ms: number) => ({ ms, timeBase: 'host', isEstimate: true }) as const;
const captured = (ms: number) => ({ ms, timeBase: 'host', isEstimate: false }) as const;

/** The starts of chunks of 10 frames at 10 fps, a second each. */
const startsOf = (...times: readonly (ReturnType<typeof estimate> | ReturnType<typeof captured>)[]) => {
  const starts = new ChunkStarts(10);
  return times.map((time) => {
    const start = starts.next(time);
    starts.ended(start, 10);
    return [start.time.ms, Math.round(start.overlapMs)];
  });
};

describe('the starts of chunks', () => {
  it('are what they are told while a chunk begins after the last frame of the one before', () => {
    expect(startsOf(estimate(0), estimate(1003), estimate(1910), captured(9000))).toEqual([
      [0, 0],
      [1003, 0],
      [1910, 0],
      [9000, 0],
    ]);
  });

  it('count on where arrivals overlap, and say by how much', () => {
    expect(startsOf(estimate(0), estimate(50), estimate(60), estimate(9000))).toEqual([
      [0, 0],
      [1000, 950],
      [2000, 1940],
      [9000, 0],
    ]);
  });

  it('keep what was captured, also where it overlaps', () => {
    expect(startsOf(captured(5000), captured(1000), captured(2000))).toEqual([
      [5000, 0],
      [1000, 5000],
      [2000, 0],
    ]);
  });

  it('never go back for estimates, and are never later than the arrivals or the frames before demand', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 9 }))), (chunks) => {
        const starts = new ChunkStarts(10);
        let free = Number.NEGATIVE_INFINITY;
        for (const [ms, frames] of chunks) {
          const start = starts.next(estimate(ms));
          starts.ended(start, frames);
          expect(start.time.ms).toBeGreaterThan(free - 100 - 1e-6);
          expect(start.time.ms).toBeLessThanOrEqual(Math.max(ms, free) + 1e-6);
          free = start.time.ms + frames * 100;
        }
      }),
    );
  });
});
