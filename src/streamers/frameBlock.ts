import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';

/** Grey frames as a camera SDK hands them over: one buffer with its shape, `[N, H, W]` or `[H, W]`; or frames. */
export type FrameBlock =
  | {
      readonly data: Uint8Array;
      readonly shape: readonly [number, number, number] | readonly [number, number];
    }
  | readonly Frame<'gray8'>[];

/** The frames of a block, as views of its buffer; with a capture time of the first, the others follow at `fps`. */
export const framesOf = (block: FrameBlock, fps: number, captureStartMs?: number): Frame<'gray8'>[] => {
  const frames = Array.isArray(block) ? [...block] : sliced(Object(block));
  if (captureStartMs === undefined) return frames;
  checkTimeMs('captureStartMs', captureStartMs);
  return frames.map((frame, i) => ({ ...frame, capturedAt: captureStartMs + (i * 1000) / fps }));
};

const sliced = (block: { readonly data: Uint8Array; readonly shape: readonly number[] }): Frame<'gray8'>[] => {
  const { data, shape } = block;
  if (!(data instanceof Uint8Array && Array.isArray(shape)))
    throw new InputError('frames', data ?? block, 'must be a Uint8Array with a shape, or an array of frames');
  const [width, height, count = 1] = [...shape].reverse();
  const bytes = (width ?? 0) * (height ?? 0);
  const isWhole = shape.every((side) => Number.isInteger(side) && side > 0) && [2, 3].includes(shape.length);
  if (!isWhole || data.length !== bytes * count)
    throw new InputError('frames', data, `must hold exactly the values of its shape [${shape.join(', ')}]`);
  return Array.from({ length: count }, (_, i) => ({
    width: width!,
    height: height!,
    format: 'gray8',
    data: data.subarray(i * bytes, (i + 1) * bytes),
  }));
};
