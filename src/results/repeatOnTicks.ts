import { defer, type MonoTypeOperatorFunction, of, repeat, type SchedulerLike, switchMap } from 'rxjs';
import { waitOf } from '../flow/waitOf.js';

/** When to begin again. */
export interface Ticks {
  readonly intervalMs: number;
  /** Every tick is later by up to so many ms, at most an interval. */
  readonly jitterMs: number;
  /** Whether the first time is at once. */
  readonly isImmediate: boolean;
  /** How many times. */
  readonly count: number;
  /** The shortest wait there may be just now, ms. */
  readonly atLeastMs: () => number;
  readonly scheduler: SchedulerLike;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Subscribes to its source at ticks, one subscription after the other: tick n is `n * intervalMs` after the start, whatever the
 * source takes. Ticks that pass meanwhile are skipped and never caught up; the jitter comes on top and moves no later tick.
 *
 * ```
 * source, three times   a|   -------b|   c|
 * repeatOnTicks (5)     a-----------b--c--     at 0, 5 and 15: 10 passes before b is over
 * ```
 *
 * @internal
 */
export const repeatOnTicks =
  <T>(ticks: Ticks): MonoTypeOperatorFunction<T> =>
  (source) =>
    defer(() => {
      const nextWait = waits(ticks);
      const wait = () => waitOf(nextWait(), ticks.scheduler);
      const first$ = ticks.isImmediate ? of(undefined) : wait();
      return first$.pipe(switchMap(() => source.pipe(repeat({ count: ticks.count, delay: wait }))));
    });

/** The wait until the next tick, each time it is asked for. */
const waits = ({ intervalMs, jitterMs, atLeastMs, scheduler, random }: Ticks): (() => number) => {
  const start = scheduler.now();
  let tick = 0;
  return () => {
    const passed = scheduler.now() - start;
    tick = Math.max(tick + 1, Math.ceil((passed + atLeastMs()) / intervalMs));
    return tick * intervalMs - passed + random() * Math.min(jitterMs, intervalMs);
  };
};
