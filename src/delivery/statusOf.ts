import { isDeepStrictEqual } from 'node:util';
import {
  auditTime,
  type BehaviorSubject,
  concat,
  distinctUntilChanged,
  endWith,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  of,
  takeUntil,
} from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { type Heard, heardOf } from './heardOf.js';
import type { Line } from './line.js';
import type { Parts } from './platform.js';

/** Nobody reads faster, and a fast run has thousands of events a second. */
const AT_MOST_EVERY_MS = 100;
/** Ages grow and disks fill without an event. */
const AT_LEAST_EVERY_MS = 1_000;

/**
 * A platform's status: at once, then as it changes, at most every 100 ms; the last as it closes. A look costs a step a session, and the
 * timers are the looker's.
 */
export const statusOf = (
  active$: BehaviorSubject<readonly SessionJournal[]>,
  events$: Observable<SessionEvent>,
  line: Pick<Line, 'gate'>,
  parts: Parts,
): Observable<PlatformStatus> => {
  const { scheduler } = parts.clock;
  const heard$ = heardOf(events$, line.gate, parts.clock);
  const status = () => snapshot(active$.value, heard$.value, line, parts);
  return concat(
    of('now'),
    merge(active$, heard$, interval(AT_LEAST_EVERY_MS, scheduler)).pipe(
      auditTime(AT_MOST_EVERY_MS, scheduler), // never at once: an event is told before its journal has settled it
      takeUntil(events$.pipe(ignoreElements(), endWith('closed'))),
    ),
    of('closed'),
  ).pipe(map(status), distinctUntilChanged<PlatformStatus>(isDeepStrictEqual));
};

const snapshot = (
  journals: readonly SessionJournal[],
  { backoffs, pauses, ...heard }: Heard,
  { gate: { state } }: Pick<Line, 'gate'>,
  { budget, clock, journals: stores }: Parts,
): PlatformStatus => {
  const backlogs = journals.map((journal) => journal.backlog());
  const undelivered = backlogs.reduce((sum, { chunks }) => sum + chunks, 0);
  const oldest = Math.min(...backlogs.map(({ oldestAcceptedAt = Number.POSITIVE_INFINITY }) => oldestAcceptedAt));
  const spool = stores.spool?.();
  const [paused] = state.is === 'held' && state.isPause ? [state.problem] : pauses.values();
  return {
    sessions: journals.length,
    heldBytes: budget.used,
    undelivered,
    ...(undelivered === 0 ? {} : { oldestUnsentMs: Math.max(0, clock.wallMs() - oldest) }),
    ...(backoffs.size === 0 ? {} : { backoffMs: Math.max(...backoffs.values()) }),
    ...(paused === undefined ? {} : { paused }),
    ...heard,
    ...(spool === undefined ? {} : { spool }),
  };
};
