import { describe, expect, it } from '@jest/globals';
import { angleCount, frameAngle } from '../../src/server/frameAngle.js';

const framesAt = (count: number, fps: number): number[] => Array.from({ length: count }, (_, k) => k / fps);

describe('frameAngle', () => {
  it('has as many angles as a turn has frames', () => {
    const rotation = { framesPerTurn: 4, fps: 10 };
    expect(angleCount(rotation)).toBe(4);
    const angles = framesAt(9, 10).map((seconds) => frameAngle(seconds, rotation));
    expect(angles).toEqual([0, 90, 180, 270, 0, 90, 180, 270, 0]);
  });

  it('takes the nearest angle when a turn is no whole number of frames', () => {
    const rotation = { framesPerTurn: 2.5, fps: 10 };
    const angles = framesAt(6, 10).map((seconds) => frameAngle(seconds, rotation));
    expect(angles).toEqual([0, 120, 240, 120, 240, 0]);
  });

  it('goes by time, so that neither a hole nor a jitter shifts it', () => {
    const rotation = { framesPerTurn: 40, fps: 10 };
    expect([0.02, 3.97, 4.04, 402.01].map((seconds) => frameAngle(seconds, rotation))).toEqual([0, 0, 0, 180]);
  });

  it('has an angle a degree at most', () => {
    const rotation = { framesPerTurn: 7200, fps: 120 };
    expect(angleCount(rotation)).toBe(360);
    expect([0, 0.1, 1, 59.99].map((seconds) => frameAngle(seconds, rotation))).toEqual([0, 1, 6, 0]);
  });

  it.each([
    [0, 10],
    [40, 0],
    [-1, 10],
  ])('is 0 for %p frames a turn at %p a second', (framesPerTurn, fps) => {
    expect(frameAngle(12.3, { framesPerTurn, fps })).toBe(0);
  });
});
