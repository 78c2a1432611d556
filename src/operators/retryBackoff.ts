import { type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs';
import { delayOf, type RetryPolicy } from '../flow/retryPolicy.js';

/**
 * Subscribes again after an error, each time after a longer wait, as the policy says.
 *
 * The wait before retry n is `Retry-After + random() * min(capMs, baseMs * 2^(n-1))`. After the last retry, or when
 * `shouldRetry` says no, the error passes unchanged. What failed attempts emitted has been emitted.
 *
 * ```
 * source                                      #
 * retryBackoff({ baseMs: 10, maxRetries: 2 }) 10ms 20ms #    with random at its largest
 * ```
 *
 * @param scheduler Default: `asyncScheduler`, virtual inside `TestScheduler.run()`.
 *
 * @example
 * ```ts
 * import { retryBackoff } from 'epistream';
 * import { defer, of, throwError } from 'rxjs';
 *
 * let attempts = 0;
 * defer(() => (++attempts < 3 ? throwError(() => new Error('503')) : of('answered')))
 *   .pipe(retryBackoff({ baseMs: 2, onRetry: ({ retryNo, error }) => console.log('retry', retryNo, 'after', error.message) }))
 *   .subscribe((answer) => console.log(answer));
 * // → retry 1 after 503
 * // → retry 2 after 503
 * // → answered
 * ```
 */
export const retryBackoff = <T>(policy: RetryPolicy = {}, scheduler?: SchedulerLike): MonoTypeOperatorFunction<T> =>
  retry({
    count: policy.maxRetries ?? 8,
    resetOnSuccess: policy.resetOnSuccess ?? false,
    delay: (error: unknown, retryNo) => {
      if (policy.shouldRetry?.(error, retryNo) === false) return throwError(() => error);
      const delayMs = delayOf(policy, retryNo, error);
      policy.onRetry?.({ error, retryNo, delayMs });
      return timer(delayMs, scheduler);
    },
  });
