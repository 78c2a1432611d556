import { concatMap, defer, map, Observable, of, repeat, takeUntil, takeWhile, tap } from 'rxjs';
import { Budget } from '../flow/budget.js';
import { aborted } from './aborted.js';

/** How {@link fromFrames} pulls. */
export interface FromFramesOptions {
  /** Whose room to wait for: the platform's, if it has its own. Default `Budget.shared`. */
  readonly budget?: Budget;
  /** Aborting ends the stream as if the iterable were over: what was pulled is still delivered. */
  readonly signal?: AbortSignal;
}

/** An iterable in memory never leaves the microtask queue: timers and sockets get their turn after this long. */
const TURN_MS = 5;

/**
 * Emits the items of an iterable (a generator, an array, a readable stream), each pulled only when the budget has room for it.
 *
 * rxjs's own `from` pulls as fast as it can and fills memory when the platform is slow; this one waits. The iterator is closed
 * (its `finally` runs) when the stream is left early. Items may be of any type. Each subscription iterates anew, if the
 * iterable can.
 *
 * ```
 * budget     room------full-----room--
 * fromFrames a-b-c-d-----------e-f-g|
 * ```
 *
 * An error of the iterable is the stream's error, after the items before it. Items are passed on, not copied: an iterable that fills
 * one buffer again and again has to copy it for whatever holds items (`paceAt`, `bufferCount`); a sink copies at once.
 *
 * @example
 * ```ts
 * import { Budget, fromFrames } from 'epistream';
 *
 * async function* shutters() {
 *   yield 'Ga open';
 *   yield 'Ga closed';
 * }
 * await fromFrames(shutters(), { budget: new Budget(2 ** 20) }).forEach((state) => console.log(state));
 * // → Ga open
 * // → Ga closed
 * ```
 *
 * @see {@link fromImages} for files, {@link fromCallback} for cameras, which cannot wait.
 */
export const fromFrames = <T>(
  frames: Iterable<T> | AsyncIterable<T>,
  { budget = Budget.shared, signal }: FromFramesOptions = {},
): Observable<T> =>
  new Observable((subscriber) => {
    const puller = pullerOf(frames);
    subscriber.add(puller.close);
    const breath = breathing();
    defer(() => budget.room$)
      .pipe(
        concatMap(breath),
        concatMap(puller.pull),
        repeat(),
        takeWhile(({ done }) => !done),
        map(({ value }) => value),
        takeUntil(aborted(signal)),
      )
      .subscribe(subscriber);
  });

/** Pulls from an iterator, and closes it unless it came to its own end. */
const pullerOf = <T>(items: Iterable<T> | AsyncIterable<T>) => {
  const iterator = iteratorOf(items);
  let over = false;
  const end = () => {
    over = true;
  };
  return {
    pull: () => defer(() => iterator.next()).pipe(tap({ next: ({ done }) => done && end(), error: end })),
    close: () => {
      // The stream has been left, so there is nobody but the process to tell.
      const warn = (error: unknown) => process.emitWarning(`an iterable could not be closed: ${error}`);
      if (!over) void (async () => iterator.return?.())().catch(warn);
    },
  };
};

const iteratorOf = <T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> =>
  Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : oneByOne(items);

async function* oneByOne<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Emits at once, and every 5 ms only after a macrotask. */
const breathing = () => {
  let since = performance.now();
  const macrotask = new Observable<void>((subscriber) => {
    const turn = setImmediate(() => {
      since = performance.now();
      subscriber.next();
      subscriber.complete();
    });
    return () => clearImmediate(turn);
  });
  return () => (performance.now() - since < TURN_MS ? of(undefined) : macrotask);
};
