import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frameIntensity } from '../../src/server/frameIntensity.js';

/** The same, square by square. */
const slowly = (pixels: Uint8Array, height: number, width: number) => {
  const side = Math.max(1, Math.round(Math.min(height, width) / 16));
  let specular = 0;
  for (let top = 0; top + side <= height; top += 1)
    for (let left = 0; left + side <= width; left += 1) {
      let sum = 0;
      for (let y = top; y < top + side; y += 1)
        for (let x = left; x < left + side; x += 1) sum += pixels[y * width + x] ?? 0;
      specular = Math.max(specular, sum / side ** 2);
    }
  return { mean: pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length, specular };
};

describe('frameIntensity', () => {
  it('is the mean of the frame, and of its brightest square of a sixteenth of its shorter side', () => {
    const pixels = new Uint8Array(32 * 64).fill(10);
    // A spot of 2 x 2, and a hot pixel that outshines it.
    for (const [y, x, level] of [
      [4, 8, 200],
      [4, 9, 100],
      [5, 8, 100],
      [5, 9, 200],
      [20, 40, 255],
    ] as const)
      pixels[y * 64 + x] = level;
    expect(frameIntensity(pixels, 32, 64)).toEqual({ mean: 10 + (190 + 90 + 90 + 190 + 245) / 2048, specular: 150 });
  });

  it.each([
    ['black', 0],
    ['saturated', 255],
  ])('is the level of a frame that is %s', (_, level) => {
    expect(frameIntensity(new Uint8Array(48 * 64).fill(level), 48, 64)).toEqual({ mean: level, specular: level });
  });

  it('follows the spot to the edges', () => {
    for (const [y, x] of [
      [0, 0],
      [0, 62],
      [30, 0],
      [30, 62],
    ] as const) {
      const pixels = new Uint8Array(32 * 64);
      for (const at of [y * 64 + x, y * 64 + x + 1, (y + 1) * 64 + x, (y + 1) * 64 + x + 1]) pixels[at] = 80;
      expect(frameIntensity(pixels, 32, 64).specular).toBe(80);
    }
  });

  it('is what looking at every square finds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.infiniteStream(fc.nat({ max: 255 })),
        (height, width, levels) => {
          const pixels = Uint8Array.from({ length: height * width }, () => levels.next().value ?? 0);
          expect(frameIntensity(pixels, height, width)).toEqual(slowly(pixels, height, width));
        },
      ),
      { numRuns: 40 },
    );
  });
});
