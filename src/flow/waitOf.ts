import { NEVER, type Observable, type SchedulerLike, timer } from 'rxjs';

/** The longest wait that a timer keeps, ms (24 days): a longer one fires at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Emits once after `ms`; never for a wait longer than any timer keeps, `Infinity` for one.
 *
 * @internal
 */
export const waitOf = (ms: number, scheduler: SchedulerLike): Observable<unknown> =>
  ms > LONGEST_WAIT_MS ? NEVER : timer(ms, scheduler);
