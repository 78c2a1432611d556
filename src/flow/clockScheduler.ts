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

/**
 * Whether a `TestScheduler.run()` is moving the timers: its clock starts at 0, and a real one is past 1973.
 *
 * @internal
 */
export const isVirtual = (): boolean => asyncScheduler.now() < 1e11;
