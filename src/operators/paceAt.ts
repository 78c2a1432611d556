import { type MonoTypeOperatorFunction, Observable, type SchedulerLike, Subscription, takeWhile } from 'rxjs';
import { Budget } from '../flow/budget.js';
import { byteLengthOf } from '../flow/byteLengthOf.js';
import { clockScheduler } from '../flow/clockScheduler.js';
import { Fifo } from '../flow/fifo.js';
import { InputError } from '../model/errors.js';

export interface PaceAtOptions {
  /**
   * How late the source may be and still keep its schedule, ms. Default two periods, at least 50 ms. After a longer pause the
   * schedule starts anew, so that no burst follows; `Infinity` catches up instead.
   */
  readonly slack?: number;
  /** What the waiting items are charged to, by the bytes of their frames. Default `Budget.shared`. */
  readonly budget?: Budget;
  /** Default `clockScheduler`: monotonic, virtual inside `TestScheduler.run()`. */
  readonly scheduler?: SchedulerLike;
}

/** Below this a wait is over: what is left is rounding, a nanosecond. */
const ROUNDING_MS = 1e-6;

/**
 * Spaces items `1000 / fps` ms apart: recorded frames leave as a camera would have sent them.
 *
 * Item n leaves at `max(arrival, start + n * 1000 / fps)`: never early, and without drift. The end and an error leave after
 * the items before them. Not for live cameras: they pace themselves, and one slightly faster than declared would grow the
 * queue for ever.
 *
 * ```
 * source         (abcd|)
 * paceAt(100)    a 9ms b 9ms c 9ms (d|)
 *
 * source         a 3ms b 20ms c d e|
 * paceAt(100)    a 9ms b 14ms c 4ms d 9ms (e|)
 * ```
 *
 * @throws InputError when `fps` is not a finite number above 0, or `slack` is not 0 or more.
 *
 * @example
 * ```ts
 * import { paceAt } from 'epistream';
 * import { of, VirtualTimeScheduler } from 'rxjs';
 *
 * const scheduler = new VirtualTimeScheduler();
 * of('a', 'b', 'c')
 *   .pipe(paceAt(50, { scheduler }))
 *   .subscribe((item) => console.log(item, 'at', scheduler.now(), 'ms'));
 * scheduler.flush();
 * // → a at 0 ms
 * // → b at 20 ms
 * // → c at 40 ms
 * ```
 */
export const paceAt = <T>(fps: number, options: PaceAtOptions = {}): MonoTypeOperatorFunction<T> => {
  if (!(Number.isFinite(fps) && fps > 0)) throw new InputError('fps', fps, 'must be a finite number above 0');
  const periodMs = 1000 / fps;
  const { slack = Math.max(2 * periodMs, 50), budget = Budget.shared, scheduler = clockScheduler } = options;
  if (!(slack >= 0)) throw new InputError('slack', slack, 'must be 0 or more milliseconds');
  return (source) =>
    new Observable((subscriber) => {
      const queue = new Fifo<{ readonly item: T; readonly bytes: number }>();
      const account = budget.account();
      let timer = Subscription.EMPTY;
      let start = -Infinity;
      let sent = 0;
      let draining = false;
      let end: (() => void) | undefined;
      const due = () => start + sent * periodMs;

      // A loop, not concatMap: thousands of items that fell due while the computer slept would overflow the stack there.
      const drain = () => {
        draining = true;
        while (queue.size > 0 && !subscriber.closed) {
          const wait = due() - scheduler.now();
          if (wait > ROUNDING_MS) {
            timer = scheduler.schedule(drain, wait);
            return;
          }
          const { item, bytes } = queue.shift()!;
          sent++;
          account.release(bytes);
          subscriber.next(item);
        }
        draining = false;
        end?.();
      };
      const endWith = (last: () => void) => {
        end = last;
        if (!draining) last();
      };

      subscriber.add(account);
      subscriber.add(() => timer.unsubscribe());
      subscriber.add(
        source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
          next: (item) => {
            const now = scheduler.now();
            // Lateness is judged at an arrival into an empty queue: a late timer of our own never moves the schedule.
            if (start === -Infinity || (queue.size === 0 && now - due() > slack)) [start, sent] = [now, 0];
            const bytes = byteLengthOf(item);
            account.charge(bytes);
            queue.push({ item, bytes });
            if (!draining) drain();
          },
          error: (error) => endWith(() => subscriber.error(error)),
          complete: () => endWith(() => subscriber.complete()),
        }),
      );
    });
};
