import type { Reading } from '../model/sample.js';
import type { Neighbours } from './readingBuffer.js';

/**
 * What a channel says between its readings: the `'previous'` or the `'nearest'` within the tolerance (of two as near, the
 * earlier), the straight line (`'linear'`) between two that are no further apart than the tolerance, or the previous without any
 * limit (`'hold'`), for states and setpoints: a shutter is never half open.
 */
export type Fill = 'previous' | 'nearest' | 'linear' | 'hold';

/**
 * What a channel says of a moment; `undefined` when nothing is near enough. Nothing is extrapolated.
 *
 * @internal
 */
export const readingAt = (
  t: number,
  { before, after }: Neighbours,
  fill: Fill,
  tolerance: number,
): Reading | undefined => {
  if (before?.t === t) return before;
  switch (fill) {
    case 'hold':
      return before;
    case 'previous':
      return within(tolerance, t, before);
    case 'nearest':
      return within(tolerance, t, nearer(t, before, after));
    case 'linear':
      return before && after && after.t - before.t <= tolerance ? onLine(t, before, after) : undefined;
  }
};

const within = (tolerance: number, t: number, reading: Reading | undefined): Reading | undefined =>
  reading && Math.abs(t - reading.t) <= tolerance ? reading : undefined;

const nearer = (t: number, before: Reading | undefined, after: Reading | undefined): Reading | undefined =>
  before && after ? (t - before.t <= after.t - t ? before : after) : (before ?? after);

/** Not across a change of units: half-way from 20 °C to 293 K there is nothing. */
const onLine = (t: number, before: Reading, after: Reading): Reading | undefined => {
  if (before.units !== after.units) return undefined;
  const value = before.value + ((after.value - before.value) * (t - before.t)) / (after.t - before.t);
  const { flag: _, raw: __, ...rest } = before;
  return { ...rest, t, value };
};
