import type { Frame } from '../model/frame.js';
import { type FramesOptions, frames } from './frames.js';

/** How a synthetic growth looks. */
export interface RheedPatternOptions extends FramesOptions {
  /** Seconds a monolayer takes: one period of the oscillation. Default 1. */
  readonly monolayerSeconds?: number;
}

/**
 * `count` frames of a growing surface: a specular spot between two streaks whose brightness oscillates once a monolayer.
 *
 * A damped cosine, brightest on the finished layer; without noise, so the same options always give the same pixels.
 * Default 64 x 48 pixels, 10 frames a second.
 *
 * @example
 * ```ts
 * import { rheedPattern } from 'epistream/testing';
 *
 * const spot = ({ data, width }) => data[24 * width + 32];
 * console.log(rheedPattern(11).map(spot).join(' '));
 * // → 230 217 184 146 116 105 117 147 183 210 220
 * ```
 */
export const rheedPattern = (count: number, options: RheedPatternOptions = {}): Frame<'gray8'>[] => {
  const { width = 64, height = 48, fps = 10, monolayerSeconds = 1 } = options;
  return frames(count, { ...options, width, height, fps }).map((frame, index) => {
    const layers = index / fps / monolayerSeconds;
    const brightness = 165 + 65 * Math.exp(-layers / 6) * Math.cos(2 * Math.PI * layers);
    return { ...frame, data: patternOf(width, height, brightness) };
  });
};

/** Three vertical streaks, the middle one with the spot; all Gaussian, on a floor of 8 counts. */
const patternOf = (width: number, height: number, brightness: number): Uint8Array => {
  const gauss = (distance: number, sigma: number) => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const x = ((index % width) + 0.5 - width / 2 - 0.5) / width;
    const y = (Math.floor(index / width) - height / 2) / height;
    const spot = gauss(x, 0.03) * gauss(y, 0.06);
    const streaks = 0.35 * (gauss(x - 0.28, 0.02) + gauss(x + 0.28, 0.02)) * gauss(y, 0.25);
    return Math.round(8 + (brightness - 8) * Math.min(1, spot + streaks));
  });
};
