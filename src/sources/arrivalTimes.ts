import type { Clock } from '../flow/clock.js';

/**
 * Names moments of arrival, ms UTC, that never go backwards: when the wall clock is set back (NTP, a user), time goes on from where it
 * was at its own pace, until the wall clock has caught up.
 *
 * @internal
 */
export const arrivalTimes = ({ scheduler, wallMs }: Clock): (() => number) => {
  let last = Number.NEGATIVE_INFINITY;
  let lastNow = 0;
  return () => {
    const [wall, now] = [wallMs(), scheduler.now()];
    last = wall >= Math.floor(last) ? wall : last + (now - lastNow);
    lastNow = now;
    return Math.floor(last);
  };
};
