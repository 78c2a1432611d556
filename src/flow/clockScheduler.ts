import { asyncScheduler, type SchedulerLike } from 'rxjs';

/**
 * `asyncScheduler`'s timers on a monotonic clock: a step of the wall clock (NTP, a user) moves nothing.
 *
 * `now()` starts as ms UTC and then counts real milliseconds. Inside `TestScheduler.run()` it is virtual, as `asyncScheduler` is.
 */
export const clockScheduler: SchedulerLike = {
  now: () => (isVirtual() ? asyncScheduler.now() : performance.timeOrigin + performance.now()),
  schedule: asyncScheduler.schedule.bind(asyncScheduler) as SchedulerLike['schedule'],
};

/** Between two looks at one clock a busy computer may pass so long, ms; a virtual clock is years behind. */
const SAME_CLOCK_MS = 60_000;

/**
 * Whether a `TestScheduler.run()` is moving the timers: rxjs then has a clock of its own. A computer's may well be in 1970.
 *
 * @internal
 */
export const isVirtual = (): boolean => Math.abs(asyncScheduler.now() - Date.now()) > SAME_CLOCK_MS;
