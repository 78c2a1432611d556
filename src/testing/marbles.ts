import { isDeepStrictEqual } from 'node:util';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { marbleDiagram } from './marbleDiagram.js';

/**
 * Runs a marble test in virtual time: one character is 1 ms, `9ms` and `2s` stand for longer waits, spaces align.
 *
 * Timers of rxjs and of this library move with it, without a scheduler argument. A failure shows both streams as marbles, one
 * under the other, with their values. The test must be synchronous: the assertions run as it returns, so a promise (an `async`
 * callback) would let them pass unseen, and is refused.
 *
 * @example
 * ```ts
 * import { paceAt } from 'epistream';
 * import { marbles } from 'epistream/testing';
 *
 * marbles(({ cold, expectObservable, expectSubscriptions }) => {
 *   const source = cold('            (abc|)             ');
 *   const paced = '                  a 9ms b 9ms (c|)   ';
 *   expectObservable(source.pipe(paceAt(100))).toBe(paced);
 *   expectSubscriptions(source.subscriptions).toBe('(^!)');
 * });
 * console.log('as drawn');
 * // → as drawn
 * ```
 */
export const marbles = (test: (helpers: RunHelpers) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => {
    if (isDeepStrictEqual(actual, expected)) return;
    const failure = new Error(`the stream is not as drawn\n\n${marbleDiagram(actual, expected)}\n`);
    Error.captureStackTrace(failure, marbles);
    throw failure;
  });
  scheduler.run((helpers) => {
    const returned: unknown = test(helpers);
    if (!isThenable(returned)) return;
    returned.then(undefined, () => {});
    throw new TypeError(
      'a marble test must be synchronous: its callback returned a promise, whose expectations never run',
    );
  });
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
