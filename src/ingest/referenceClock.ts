import {
  catchError,
  defaultIfEmpty,
  distinctUntilChanged,
  EMPTY,
  expand,
  map,
  type Observable,
  of,
  ReplaySubject,
  share,
  skip,
  switchMap,
  takeWhile,
  timer,
} from 'rxjs';
import type { Clock } from '../flow/clock.js';
import type { ClockReading } from '../model/clockReading.js';
import {
  addSample,
  BURST,
  type ClockEstimate,
  type ClockSample,
  clockSample,
  isSettled,
  type Moment,
  readingOf,
} from './clockEstimate.js';
import type { TimeReply } from './codecs.js';
import { isAnswer } from './isAnswer.js';

const BURST_EVERY_MS = 2_000;
const EVERY_MS = 300_000;
const AFTER_FAILURE_MS = 30_000;
// One whole ms of slewing, which is what the wire resolves.
const SLEWING_EVERY_MS = 2_000;

/** What is known, and when to ask again. */
interface Round {
  readonly estimate?: ClockEstimate;
  /** Absent: never. */
  readonly nextInMs?: number;
}

/**
 * The platform's clock, measured as long as somebody subscribes: four samples at once, then one every five minutes.
 *
 * Emits a reading a sample, more while the offset slews; `undefined` when nothing is known after the first attempt. Replays the
 * last to late subscribers. A platform without a clock (404) is asked once. Never errors.
 */
export const referenceClock = (ask$: Observable<TimeReply>, clock: Clock): Observable<ClockReading | undefined> =>
  of<Round>({ nextInMs: 0 }).pipe(
    expand((round) => nextRound(round, ask$, clock)),
    skip(1),
    switchMap(({ estimate }) => (estimate === undefined ? of(undefined) : readings(estimate, clock))),
    distinctUntilChanged((one, other) => one === undefined && other === undefined),
    // Completed means 404, which is remembered; left by everybody means that the timers stop and it begins anew.
    share({ connector: () => new ReplaySubject(1), resetOnComplete: false }),
  );

const now = ({ scheduler, wallMs }: Clock): Moment => ({ wallMs: wallMs(), monotonicMs: scheduler.now() });

const nextRound = ({ estimate, nextInMs }: Round, ask$: Observable<TimeReply>, clock: Clock): Observable<Round> => {
  if (nextInMs === undefined) return EMPTY;
  const failed: Round = { ...(estimate && { estimate }), nextInMs: AFTER_FAILURE_MS };
  return timer(nextInMs, clock.scheduler).pipe(
    switchMap(() => sampleOf(ask$, clock)),
    map((sample) => (sample === undefined ? failed : roundAfter(addSample(estimate, sample)))),
    catchError((error) => of(estimate === undefined && isAnswer(error, 404) ? {} : failed)),
    defaultIfEmpty(failed),
  );
};

const roundAfter = (estimate: ClockEstimate): Round => ({
  estimate,
  nextInMs: estimate.taken < BURST ? BURST_EVERY_MS : EVERY_MS,
});

const sampleOf = (ask$: Observable<TimeReply>, clock: Clock): Observable<ClockSample | undefined> => {
  const sent = now(clock);
  return ask$.pipe(map((reply) => clockSample(sent, reply, now(clock))));
};

/** The estimate's reading now, and again while it slews. */
const readings = (estimate: ClockEstimate, clock: Clock): Observable<ClockReading> =>
  timer(0, SLEWING_EVERY_MS, clock.scheduler).pipe(
    takeWhile(() => !isSettled(estimate, clock.scheduler.now()), true),
    map(() => readingOf(estimate, now(clock))),
  );
