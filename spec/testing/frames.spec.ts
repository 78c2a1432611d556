import { describe, expect, it } from '@jest/globals';
import { frames } from '../../src/testing/frames.js';

describe('frames', () => {
  it('counts, times and tells its frames apart, the same every time', () => {
    const run = frames(3, { width: 2, height: 2, fps: 100, startMs: 1000 });
    expect(run.map(({ frameId, capturedAt }) => [frameId, capturedAt])).toEqual([
      [0, 1000],
      [1, 1010],
      [2, 1020],
    ]);
    expect(run.map(({ data }) => data.join())).toEqual(['0,1,2,3', '1,2,3,4', '2,3,4,5']);
    expect(frames(3, { width: 2, height: 2, fps: 100, startMs: 1000 })).toEqual(run);
  });

  it('starts with 2026, at 10 frames a second of 4 x 3 pixels', () => {
    const [, second] = frames(2);
    expect([second!.width, second!.height, second!.capturedAt]).toEqual([4, 3, Date.UTC(2026, 0) + 100]);
  });
});
