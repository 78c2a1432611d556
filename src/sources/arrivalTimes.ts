import type { Clock } from '../flow/clock.js';

/** A microsecond, ms: what a time in seconds still tells apart. */
const LEAST_MS = 0.001;

/**
 * Names moments of arrival, ms UTC, each after the one before: a channel's times have to rise. Within a millisecond, and while the wall
 * clock is set back (NTP, a user), time goes on from where it was at its own pace, until the wall clock has caught up.
 *
 * @internal
 */
export const arrivalTimes = ({ scheduler, wallMs }: Clock): (() => number) => {
  let last = Number.NEGATIVE_INFINITY;
  let lastNow = 0;
  return () => {
    const [wall, now] = [wallMs(), scheduler.now()];
    last = wall > last ? wall : toMicroseconds(last + Math.max(LEAST_MS, now - lastNow));
    lastNow = now;
    return last;
  };
};

const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;
