import {
  type BehaviorSubject,
  endWith,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  scan,
  takeUntil,
} from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { ClockReading } from '../model/clockReading.js';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { Line } from './line.js';
import type { Parts } from './platform.js';

/** What only the passing events tell. */
interface Heard {
  readonly backoffMs?: number;
  readonly clock?: ClockReading;
}

const hear = ({ backoffMs, ...heard }: Heard, event: SessionEvent): Heard => {
  switch (event.type) {
    case 'retrying':
      return { ...heard, backoffMs: event.inMs };
    case 'opened':
    case 'delivered':
    case 'closed':
    case 'gaveUp':
      return heard;
    default: {
      const clock = event.type === 'accepted' ? (event.time.clock ?? heard.clock) : heard.clock;
      return { ...(backoffMs === undefined ? {} : { backoffMs }), ...(clock === undefined ? {} : { clock }) };
    }
  }
};

/** A snapshot of the sessions that are open or draining, together with what the events told. */
const snapshot = (journals: readonly SessionJournal[], line: Line, { budget, clock }: Parts): PlatformStatus => {
  const backlogs = journals.map((journal) => journal.backlog());
  const undelivered = backlogs.reduce((sum, { chunks }) => sum + chunks, 0);
  const oldest = Math.min(...backlogs.map(({ oldestAcceptedAt = Number.POSITIVE_INFINITY }) => oldestAcceptedAt));
  const { state } = line.gate;
  return {
    sessions: journals.length,
    heldBytes: budget.used,
    undelivered,
    ...(undelivered === 0 ? {} : { oldestUnsentMs: clock.wallMs() - oldest }),
    ...(state.is === 'held' && state.isPause ? { paused: state.problem } : {}),
  };
};

const unchanged = (heard: Heard): Heard => heard;

/** A platform's status: at once, at every event, as sessions come and go, and every second while somebody looks. */
export const statusOf = (
  active$: BehaviorSubject<readonly SessionJournal[]>,
  events$: Observable<SessionEvent>,
  line: Line,
  parts: Parts,
): Observable<PlatformStatus> =>
  merge(
    active$.pipe(map(() => unchanged)),
    events$.pipe(map((event) => (heard: Heard) => hear(heard, event))),
    interval(1000, parts.clock.scheduler).pipe(map(() => unchanged)),
  ).pipe(
    scan((heard: Heard, next) => next(heard), {}),
    map((heard) => ({ ...snapshot(active$.value, line, parts), ...heard })),
    takeUntil(events$.pipe(ignoreElements(), endWith('closed'))),
  );
