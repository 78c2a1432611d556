import type { Frame } from '../model/frame.js';

/**
 * A small gray8 frame to test with: 4 x 3 pixels, unless said otherwise.
 *
 * Without `data` its pixels count up from `frameId` (row by row, modulo 256), so that frames tell each other apart.
 *
 * @example
 * ```ts
 * import { grayFrame } from 'epistream/testing';
 *
 * console.log([...grayFrame({ width: 2, height: 2, frameId: 7 }).data]);
 * // → [ 7, 8, 9, 10 ]
 * ```
 */
export const grayFrame = (frame: Partial<Omit<Frame<'gray8'>, 'format'>> = {}): Frame<'gray8'> => {
  const { width = 4, height = 3, frameId = 0 } = frame;
  const data = Uint8Array.from({ length: width * height }, (_, index) => frameId + index);
  return { width, height, data, ...frame, format: 'gray8' };
};
