import { InputError } from '../model/errors.js';

/** The counts that become black and white. */
export type GrayWindow = readonly [lo: number, hi: number];

/** Fewer counts than gray8 has steps: each would become more than one level. */
const NARROWEST = 255;

/** Minimum and maximum of a frame; refused with an `InputError` when it is dark. */
export const firstFrameWindow = (data: Uint16Array, frameNo: number): GrayWindow => {
  let lo = 65_535;
  let hi = 0;
  for (const value of data) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  if (hi - lo >= NARROWEST) return [lo, hi];
  throw new InputError(
    'window',
    'first-frame',
    `must be [lo, hi] when the first frame is dark (frame ${frameNo} spans ${Math.max(0, hi - lo)} counts, fewer than ${NARROWEST})`,
  );
};

/** `(v - lo) * 255 / (hi - lo)`, clamped, rounded half up: by table, the same for every frame. */
export const grayOfWindow = ([lo, hi]: GrayWindow): ((data: Uint16Array) => Uint8Array) => {
  const table = new Uint8Array(65_536);
  for (let value = 0; value < table.length; value++) {
    const gray = ((value - lo) * 255) / (hi - lo);
    table[value] = gray <= 0 ? 0 : gray >= 255 ? 255 : gray + 0.5; // a byte array truncates
  }
  return (data) => {
    const gray = new Uint8Array(data.length);
    for (let index = 0; index < data.length; index++) gray[index] = table[data[index]!]!;
    return gray;
  };
};
