import type { ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';

/** A moment by the platform's clock, whole ms UTC. Everywhere outside this room times are the host's. */
export type ReferenceMs = number & { readonly ReferenceMs: unique symbol };

/** Host time, as the platform's clock would have shown it. */
const toReference = (hostMs: number, clock: ClockReading | undefined): ReferenceMs =>
  Math.round(hostMs + (clock?.offsetMs ?? 0)) as ReferenceMs;

/** Unix seconds by the platform's clock. Not rounded: points of a fast channel are less than a millisecond apart. */
export const toReferenceSeconds = (hostMs: number, clock: ClockReading | undefined): number =>
  (hostMs + (clock?.offsetMs ?? 0)) / 1000;

/**
 * The reading that corrects a chunk's times: the one at capture, else the latest.
 *
 * A recorded time was written by another clock at another time: what this host's clock is off by today says nothing about it, so
 * there is none.
 */
export const readingFor = (
  { timeBase, clock }: ChunkTime,
  latest: ClockReading | undefined,
): ClockReading | undefined => (timeBase === 'recorded' ? undefined : (clock ?? latest));

/** First moment and end of `frames` frames from `startMs` on. */
export const spanOf = (
  startMs: number,
  frames: number,
  fps: number,
  clock: ClockReading | undefined,
): { readonly start: ReferenceMs; readonly end: ReferenceMs } => {
  const start = toReference(startMs, clock);
  return { start, end: (start + Math.trunc((frames / fps) * 1000)) as ReferenceMs };
};
