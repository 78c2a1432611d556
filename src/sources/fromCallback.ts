import { map, Observable, type TeardownLogic, tap } from 'rxjs';
import { admit, type Overflow } from '../flow/admit.js';
import { Budget } from '../flow/budget.js';
import type { Clock } from '../flow/clock.js';
import { hostClock } from '../flow/hostClock.js';
import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import type { PixelFormat } from '../model/pixelFormat.js';

/** How {@link fromCallback} takes frames from a camera that does not wait. */
export interface FromCallbackOptions {
  /**
   * What happens to a frame for which the budget has no bytes left: the stream fails with a `BudgetError`, or the frame is
   * dropped, and counted and timed in the `gapBefore` of the next one. There is no default: losing data is your choice.
   */
  readonly overflow: Overflow;
  /** Whose bytes count: the platform's budget, if it has its own. Default `Budget.shared`. */
  readonly budget?: Budget;
  /** Whether every frame comes in a buffer of its own that nobody writes to again; it is then not copied. Default false. */
  readonly mayKeepBuffer?: boolean;
  /** Names the moment of arrival. Default: this computer's. */
  readonly clock?: Clock;
}

/** How a camera ends the stream. */
export interface FromCallbackEnd {
  /** No more frames will come. */
  complete(): void;
  /** The camera has failed. */
  fail(error: unknown): void;
}

/**
 * Emits what a camera's SDK hands to a callback.
 *
 * `start` runs at each subscription and receives `push`; what it returns (a function, or anything rxjs takes as teardown)
 * stops the camera. `push` returns at once. The pixels are copied before it does, so the SDK may use its buffer again at once;
 * with `mayKeepBuffer` they are not, unless they are a part of a bigger buffer, which a frame would keep alive. Every
 * frame gets the moment of its arrival as `arrivedAt`, which stands in for a missing `capturedAt`.
 *
 * ```
 * camera       a-b-c-d-e-f-g-
 * budget       room-full--room
 * fromCallback a-b-------f-g-    f.gapBefore: 3 frames, c to e
 * ```
 *
 * @throws InputError at the call, when `overflow` is missing. The Observable fails with a `BudgetError` for
 * `overflow: 'error'`, with what `start` throws, and with what is given to `fail`.
 *
 * @example
 * ```ts
 * import { fromCallback } from 'epistream';
 *
 * const camera = {
 *   onFrame(callback) {
 *     for (const level of [10, 20]) callback(new Uint8Array(4).fill(level));
 *   },
 *   stop: () => console.log('stopped'),
 * };
 * const frames$ = fromCallback(
 *   (push, { complete }) => {
 *     camera.onFrame((data) => push({ width: 2, height: 2, format: 'gray8', data, capturedAt: 0 }));
 *     complete();
 *     return () => camera.stop();
 *   },
 *   { overflow: 'drop-newest' },
 * );
 * frames$.subscribe(({ data }) => console.log(data.join(' ')));
 * // → 10 10 10 10
 * // → 20 20 20 20
 * // → stopped
 * ```
 */
export const fromCallback = <P extends PixelFormat>(
  start: (push: (frame: Frame<P>) => void, end: FromCallbackEnd) => TeardownLogic,
  options: FromCallbackOptions,
): Observable<Frame<P>> => {
  const { overflow, budget = Budget.shared, mayKeepBuffer = false, clock = hostClock } = checked(start, options);
  const stamp = (frame: Frame<P>): Frame<P> => ({ ...frame, arrivedAt: frame?.arrivedAt ?? clock.wallMs() });
  return new Observable((subscriber) => {
    const hand = handOf<P>();
    const isOurs = ({ data }: Frame<P>) => mayKeepBuffer && data?.byteLength === data?.buffer?.byteLength;
    new Observable<Frame<P>>((camera) =>
      start((frame) => camera.next(frame), {
        complete: () => camera.complete(),
        fail: (error) => camera.error(error),
      }),
    )
      .pipe(
        map(stamp),
        map((frame) => (isOurs(frame) ? frame : hand.take(frame))),
        admit(budget, overflow, undefined, clock),
        tap(hand.give),
      )
      .subscribe(subscriber);
  });
};

const checked = (start: unknown, options: FromCallbackOptions): FromCallbackOptions => {
  if (typeof start !== 'function') throw new InputError('start', start, 'must be a function that starts the camera');
  const overflow: unknown = Object(options).overflow;
  if (overflow !== 'error' && overflow !== 'drop-newest')
    throw new InputError('overflow', overflow, "must be chosen: 'error' or 'drop-newest'");
  return options;
};

/**
 * Takes a copy of a frame, and keeps its buffer for the next one until it is given away: a stall that drops frames then
 * allocates nothing, and the newest dropped frame, which may still be let through, is intact.
 */
const handOf = <P extends PixelFormat>() => {
  let spare: Uint8Array | Uint16Array | undefined;
  return {
    take(frame: Frame<P>): Frame<P> {
      // Empty, detached, or no pixels at all (a copy would wrap floats to bytes): the sink refuses it by name.
      if (!isPixels(frame.data) || frame.data.byteLength === 0) return frame;
      spare = copyInto(spare, frame.data);
      return { ...frame, data: spare as Frame<P>['data'] };
    },
    give({ data }: Frame<P>): void {
      if (data === spare) spare = undefined;
    },
  };
};

const isPixels = (data: unknown): boolean => data instanceof Uint8Array || data instanceof Uint16Array;

const copyInto = (spare: Uint8Array | Uint16Array | undefined, data: Uint8Array | Uint16Array) => {
  const Pixels = data instanceof Uint16Array ? Uint16Array : Uint8Array;
  const copy = spare instanceof Pixels && spare.length === data.length ? spare : new Pixels(data.length);
  copy.set(data);
  return copy;
};
