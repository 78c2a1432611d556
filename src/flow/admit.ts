import { type MonoTypeOperatorFunction, Observable, takeWhile } from 'rxjs';
import { BudgetError, InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import type { Gap } from '../model/gap.js';
import type { Budget } from './budget.js';
import type { Clock } from './clock.js';
import { hostClock } from './hostClock.js';

/** What a source that cannot wait does when the budget is used up: fail with a `BudgetError`, or drop what comes. */
export type Overflow = 'error' | 'drop-newest';

/** The newest frame dropped, carrying what was dropped before it, and when it came. */
interface Dropped<F> {
  readonly frame: F;
  readonly at: number;
}

/**
 * Lets frames in while the budget has bytes; belongs directly behind a source that cannot wait.
 *
 * Dropping starts at `budget.bytes` and goes on until a pull source would have room, so that a stall makes one contiguous gap.
 * The frame after the gap carries it as `gapBefore`, with count and times (`capturedAt`, else `arrivedAt`, else the clock). A source that
 * ends in a gap lets the newest dropped frame through (one frame above the bound), so that the gap reaches the report; until
 * then that frame is held, so give `admit` frames whose buffers nobody writes to.
 *
 * ```
 * frames  a b c d e f g h |
 * budget      full----room
 * admit   a b           h |     h.gapBefore: 5 frames, c to g
 * ```
 *
 * @param onGap Told of each gap when it ends, also by unsubscription.
 * @throws BudgetError on the Observable, for `'error'`.
 *
 * @example
 * ```ts
 * import { admit, Budget } from 'epistream';
 * import { grayFrame } from 'epistream/testing';
 * import { Subject } from 'rxjs';
 *
 * const budget = new Budget(100);
 * const stalled = budget.account();
 * const camera = new Subject();
 * camera.pipe(admit(budget, 'drop-newest')).subscribe(({ frameId, gapBefore }) => console.log(frameId, gapBefore?.frames));
 *
 * camera.next(grayFrame({ frameId: 1 }));
 * stalled.charge(100);
 * camera.next(grayFrame({ frameId: 2 }));
 * camera.next(grayFrame({ frameId: 3 }));
 * stalled.release(100);
 * camera.next(grayFrame({ frameId: 4 }));
 * // → 1 undefined
 * // → 4 2
 * ```
 */
export const admit = <F extends Frame>(
  budget: Budget,
  overflow: Overflow,
  onGap: (gap: Gap) => void = () => {},
  clock: Clock = hostClock,
): MonoTypeOperatorFunction<F> => {
  if (overflow !== 'error' && overflow !== 'drop-newest')
    throw new InputError('overflow', overflow, "must be 'error' or 'drop-newest'");
  return (source) =>
    new Observable((subscriber) => {
      let dropped: Dropped<F> | undefined;
      const mustDrop = () => (dropped ? !budget.room : budget.used >= budget.bytes);
      const pass = (frame: F) => {
        const inGap = dropped !== undefined;
        dropped = undefined;
        if (inGap && frame.gapBefore) onGap(frame.gapBefore);
        subscriber.next(frame);
      };
      const drop = (frame: F) => {
        if (overflow === 'error') subscriber.error(new BudgetError(budget.used, budget.bytes));
        else dropped = { frame: after(dropped, frame), at: frame.capturedAt ?? frame.arrivedAt ?? clock.wallMs() };
      };
      const passDropped = () => dropped && pass(dropped.frame);
      const leave = () => {
        if (dropped) onGap(gapOf(dropped));
        dropped = undefined;
      };
      subscriber.add(leave);
      subscriber.add(
        source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
          next: (frame) => (mustDrop() ? drop(frame) : pass(after(dropped, frame))),
          error: (error) => {
            passDropped();
            subscriber.error(error);
          },
          complete: () => {
            passDropped();
            subscriber.complete();
          },
        }),
      );
    });
};

/** The frame, carrying everything that was dropped before it. */
const after = <F extends Frame>(dropped: Dropped<F> | undefined, frame: F): F =>
  dropped === undefined ? frame : { ...frame, gapBefore: merged(gapOf(dropped), frame.gapBefore) };

const gapOf = ({ frame, at }: Dropped<Frame>): Gap =>
  merged(frame.gapBefore, { frames: 1, fromMs: at, toMs: at, cause: 'policy' });

function merged(earlier: Gap | undefined, later: Gap): Gap;
function merged(earlier: Gap, later: Gap | undefined): Gap;
function merged(earlier: Gap | undefined, later: Gap | undefined): Gap | undefined {
  if (!earlier || !later) return earlier ?? later;
  return { frames: earlier.frames + later.frames, fromMs: earlier.fromMs, toMs: later.toMs, cause: 'policy' };
}
