import {
  catchError,
  concat,
  defer,
  endWith,
  from,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { clockScheduler } from '../flow/clockScheduler.js';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { Reading } from '../model/sample.js';
import { checkFill } from './checkFill.js';
import { checkReading } from './checkReading.js';
import { checkWait } from './checkWait.js';
import type { Fill } from './readingAt.js';
import { tellOnce } from './tellOnce.js';
import { TimeJumps } from './timeJumps.js';
import { type FrameWithReading, type Timed, WaitingFrames } from './waitingFrames.js';

/** How {@link withChannel} finds a frame's reading. */
export interface WithChannelOptions {
  /** Default `'previous'`: the reading valid at the time. `'linear'` makes one between two, without flag and raw value. */
  readonly fill?: Fill;
  /** How far a reading counts, ms: from the frame, for `'linear'` from one to the next. Default 5,000; `'hold'` needs none. */
  readonly tolerance?: number;
  /**
   * How far the channel may lag behind the frames before they stop waiting for it, ms: of their times, and after the last frame of the
   * clock. Default 2,000. `Infinity` waits for the channel to its end: for frames and logs that are both recorded.
   */
  readonly lateness?: number;
  /** How many bytes of frames may wait; above it the oldest leaves with what is known. Default 256 MiB. */
  readonly holdBytes?: number;
  /** A reading further ahead of the channel waits until the next confirms it. Default an hour; `Infinity` believes everything. */
  readonly farFutureMs?: number;
  /**
   * Told of readings that are not used: out of order, or from the far future. Default: a process warning, `EPISTREAM_UNUSED`, for the
   * first.
   */
  readonly onUnused?: (reading: Reading) => void;
}

const HOUR_MS = 3_600_000;
const HOLD_BYTES = 256 * 2 ** 20;
/** What a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

type Arrival<F> = { readonly frame: F } | { readonly reading: Reading } | 'frames over' | 'time is up' | 'channel over';

/**
 * Joins every frame with what a channel said at its capture: by the time of the reading, not of its arrival.
 *
 * A frame (`capturedAt`, else `arrivedAt`) waits until the channel has said something at its time or later, or is over, or until a
 * frame has come that is `lateness` from it. Frames leave in the order in which they came, every one of them; without a time, at once
 * and without a reading. After the last frame the clock is waited for, at most `lateness`, and then the channel is left.
 *
 * ```
 * frames       a-b-c-d|            captured at 0, 2, 4, 6 ms
 * channel      ----P-----Q---      readings at 1 and 7 ms, 3 ms late
 * withChannel  ----a-----(bcd|)    b, c and d with P
 * ```
 *
 * The frames of one `lateness` are in memory, and never more than `holdBytes`. They are not charged to a budget: they wait for input,
 * and a source that waited for them would wait for ever. Give it frames whose buffers nobody writes to, and end the frames
 * (`takeUntil` before it) instead of leaving the result: frames that wait when it is left are gone.
 *
 * Errors with the frames, or with the channel, after the frames that wait: a channel that may fail alone is given with its own
 * `catchError`.
 *
 * @throws InputError at the call, for options that break a rule; on the Observable for a reading without a time in ms or without a
 * number.
 *
 * @example
 * ```ts
 * import { withChannel } from 'epistream';
 * import { grayFrame } from 'epistream/testing';
 * import { of } from 'rxjs';
 *
 * const frames = of(grayFrame({ capturedAt: 1000 }), grayFrame({ capturedAt: 1500 }), grayFrame({ capturedAt: 9000 }));
 * const temperature = of({ t: 900, value: 580, units: 'C' }, { t: 1400, value: 585, units: 'C' });
 * withChannel(frames, temperature).subscribe(({ frame, reading }) => console.log(frame.capturedAt, reading?.value));
 * // → 1000 580
 * // → 1500 585
 * // → 9000 undefined
 * ```
 *
 * @see {@link alignChannels} for rows of channels.
 */
export const withChannel = <F extends Timed>(
  frames: Observable<F>,
  channel: Observable<Reading>,
  options: WithChannelOptions = {},
): Observable<FrameWithReading<F>> => {
  const asked = checked(options);
  return defer(() => {
    const pairs = pairsOf<F>(asked);
    const timeUp = asked.lateness > LONGEST_MS ? NEVER : timer(asked.lateness, clockScheduler);
    return merge(
      channel.pipe(
        map((reading): Arrival<F> => ({ reading })),
        endWith('channel over' as const),
      ),
      concat(
        frames.pipe(
          map((frame): Arrival<F> => ({ frame })),
          endWith('frames over' as const),
        ),
        timeUp.pipe(map(() => 'time is up' as const)),
      ),
    ).pipe(
      mergeMap((arrival) => pairs.after(arrival)),
      catchError((error: unknown) =>
        concat(
          from(pairs.rest()),
          throwError(() => error),
        ),
      ),
      takeWhile((pair) => pair !== OVER),
    );
  });
};

/** Stands after the last frame. */
const OVER = Symbol('over');

const pairsOf = <F extends Timed>(asked: Required<WithChannelOptions>) => {
  const waiting = new WaitingFrames<F>(asked);
  const jumps = new TimeJumps({ ...asked, onJump: (_, reading) => asked.onUnused(reading) });
  let isEnding = false;
  const take = (arrival: Arrival<F>) => {
    if (arrival === 'frames over') isEnding = true;
    else if (arrival === 'channel over') endChannel();
    else if (arrival !== 'time is up' && 'frame' in arrival) waiting.add(arrival.frame);
    else if (arrival !== 'time is up') hear(arrival.reading);
  };
  const hear = (reading: Reading) => {
    checkReading('channel', reading);
    for (const believed of jumps.take('channel', reading)) waiting.hear(believed.reading);
  };
  const endChannel = () => {
    for (const { reading } of jumps.rest()) waiting.hear(reading);
    waiting.endChannel();
  };
  return {
    *after(arrival: Arrival<F>): Generator<FrameWithReading<F> | typeof OVER> {
      take(arrival);
      yield* waiting.leave(arrival === 'time is up');
      if (isEnding && waiting.isEmpty) yield OVER;
    },
    rest: () => waiting.leave(true),
  };
};

const optionNames = ['fill', 'tolerance', 'lateness', 'holdBytes', 'farFutureMs', 'onUnused'];

const checked = (options: WithChannelOptions): Required<WithChannelOptions> => {
  checkOptionNames('withChannel', options, optionNames);
  const {
    fill = 'previous',
    tolerance = 5000,
    lateness = 2000,
    holdBytes = HOLD_BYTES,
    farFutureMs = HOUR_MS,
  } = options;
  checkFill(fill, tolerance);
  checkWait(lateness, farFutureMs);
  if (!(holdBytes > 0)) throw new InputError('holdBytes', holdBytes, 'must be a number of bytes above 0');
  return { fill, tolerance, lateness, holdBytes, farFutureMs, onUnused: options.onUnused ?? warnOfUnused() };
};

const warnOfUnused = () => {
  const tell = tellOnce('EPISTREAM_UNUSED', 'is out of order or far in the future, and not used');
  return (reading: Reading) => tell('a channel of frames', reading);
};
