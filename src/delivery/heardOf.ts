import { BehaviorSubject, endWith, ignoreElements, map, merge, type Observable, scan, takeUntil } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import type { ClockReading } from '../model/clockReading.js';
import type { SessionId } from '../model/identifiers.js';
import type { Outage } from '../model/platformStatus.js';
import type { Problem } from '../model/problem.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { Gate } from './gate.js';

/** What nothing but passing events tells of a platform's health. */
export interface Heard {
  /** Chunks, since the platform was connected. */
  readonly delivered: number;
  readonly rejected: number;
  readonly lost: number;
  /** The waits of the sessions whose last attempt failed, ms. */
  readonly backoffs: ReadonlyMap<SessionId, number>;
  readonly pauses: ReadonlyMap<SessionId, Problem>;
  readonly outage?: Outage;
  readonly clock?: ClockReading;
}

const nothing: Heard = { delivered: 0, rejected: 0, lost: 0, backoffs: new Map(), pauses: new Map() };

/** Heard from the start, whether somebody looks or not, so that a late look sees as much: a step an event, and no timer. */
export const heardOf = (
  events$: Observable<SessionEvent>,
  { state$ }: Pick<Gate, 'state$'>,
  clock: Clock,
): BehaviorSubject<Heard> => {
  const heard$ = new BehaviorSubject(nothing);
  merge(
    events$.pipe(map((event) => (heard: Heard) => hear(heard, event))),
    state$.pipe(map((state) => (heard: Heard) => hearGate(heard, state, clock.wallMs()))),
  )
    .pipe(
      scan((heard, next) => next(heard), nothing),
      takeUntil(events$.pipe(ignoreElements(), endWith('closed'))),
    )
    .subscribe(heard$);
  return heard$;
};

const hear = (heard: Heard, event: SessionEvent): Heard => {
  const { session } = event;
  switch (event.type) {
    case 'accepted':
      return event.time.clock === undefined ? heard : { ...heard, clock: event.time.clock };
    case 'retrying':
      return { ...heard, backoffs: new Map(heard.backoffs).set(session, event.inMs) };
    case 'paused':
      return { ...heard, pauses: new Map(heard.pauses).set(session, event.problem) };
    case 'resumed':
      return { ...heard, pauses: without(heard.pauses, session) };
    case 'delivered':
    case 'rejected':
    case 'lost':
      return { ...answered(heard, session), [event.type]: heard[event.type] + 1 };
    case 'intent':
    case 'created':
    case 'opened':
    case 'linkRefused':
      return answered(heard, session);
    case 'closed':
    case 'gaveUp':
      return { ...answered(heard, session), pauses: without(heard.pauses, session) };
    default:
      return heard;
  }
};

/** The session's last attempt did not fail; for `resolve`, whose success is no event, the next step says so. */
const answered = (heard: Heard, session: SessionId): Heard =>
  heard.backoffs.has(session) ? { ...heard, backoffs: without(heard.backoffs, session) } : heard;

const without = <Value>(map: ReadonlyMap<SessionId, Value>, session: SessionId): ReadonlyMap<SessionId, Value> =>
  new Map([...map].filter(([other]) => other !== session));

/** The gate tells when it changes, so an outage began now. */
const hearGate = ({ outage: _, ...heard }: Heard, state: Gate['state'], nowMs: number): Heard =>
  state.is === 'held' && !state.isPause ? { ...heard, outage: { since: nowMs, problem: state.problem } } : heard;
