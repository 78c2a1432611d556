import { defer, finalize, map, mergeMap, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import type { Budget } from './budget.js';

/**
 * `mergeMap` with a budget: an item is charged from its arrival until its inner Observable ends.
 *
 * Use it for slow work of your own between a source and a sink; in a plain `mergeMap` or `concatMap` the waiting items are
 * not counted, and a pull source fills memory with them. Runs `concurrent` (default 1) at a time, in the order of arrival.
 *
 * @example
 * ```ts
 * import { Budget, chargedMergeMap } from 'epistream';
 * import { from, timer, map } from 'rxjs';
 *
 * const budget = new Budget(100);
 * from([new Uint8Array(10), new Uint8Array(30)])
 *   .pipe(chargedMergeMap(budget, (bytes) => bytes.byteLength, (bytes) => timer(5).pipe(map(() => bytes.length))))
 *   .subscribe((length) => console.log(length, 'with', budget.used, 'held'));
 * // → 10 with 40 held
 * // → 30 with 30 held
 * ```
 */
export const chargedMergeMap =
  <T, R>(
    budget: Budget,
    sizeOf: (item: T) => number,
    project: (item: T, index: number) => ObservableInput<R>,
    concurrent = 1,
  ): OperatorFunction<T, R> =>
  (source) =>
    new Observable((subscriber) => {
      const account = budget.account();
      subscriber.add(account);
      // Sized once: a buffer that is detached on the way still gives back what it took.
      const charge = (item: T) => {
        const bytes = sizeOf(item);
        account.charge(bytes);
        return { item, bytes };
      };
      source
        .pipe(
          map(charge),
          mergeMap(
            ({ item, bytes }, index) => defer(() => project(item, index)).pipe(finalize(() => account.release(bytes))),
            concurrent,
          ),
        )
        .subscribe(subscriber);
    });
