import type { Frame } from '../model/frame.js';

/** The frames with pixels of their own; what is no frame, or has no pixels, is left for the session to refuse. */
export const copyOf = (frames: readonly Frame<'gray8'>[]): Frame<'gray8'>[] =>
  frames.map((frame) => (hasPixels(frame) ? { ...frame, data: frame.data.slice() } : frame));

/** A detached buffer has none, and cannot be copied. */
const hasPixels = (frame: Frame<'gray8'>): boolean => frame?.data instanceof Uint8Array && frame.data.length > 0;
