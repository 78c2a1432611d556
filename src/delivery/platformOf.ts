import {
  BehaviorSubject,
  concat,
  EMPTY,
  filter,
  finalize,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  ReplaySubject,
  race,
  Subject,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { waitOf } from '../flow/waitOf.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import { IncompleteSessionError, InputError } from '../model/errors.js';
import type { SessionId } from '../model/identifiers.js';
import { isComplete } from '../model/isComplete.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { deliver } from './deliver.js';
import { Line } from './line.js';
import { type Parts, type Platform, type Rooms, rooms } from './platform.js';
import { statusOf } from './statusOf.js';
import { watch } from './watch.js';

const DEFAULT_DEADLINE_MS = 30_000;

/** A platform out of its parts: it keeps the sessions that are open or draining, and closes when all are over. */
export const platformOf = (parts: Parts): Platform => {
  const line = new Line(parts.inFlight);
  const events$ = new Subject<SessionEvent>();
  const closing$ = new ReplaySubject<void>(1);
  const deadline$ = new ReplaySubject<void>(1);
  const active$ = new BehaviorSubject<readonly SessionJournal[]>([]);
  const idle$ = active$.pipe(
    filter(({ length }) => length === 0),
    map(() => undefined),
  );
  const found = new Set<SessionId>();
  let closed: Promise<readonly SessionReport[]> | undefined;

  const inside: Rooms = {
    ...parts,
    get isClosing() {
      return closed !== undefined;
    },
    closing$,
    deadline$,
    idle$,
    deliver: (journal, stop) => {
      active$.next([...active$.value, journal]);
      journal.events$.subscribe((event) => events$.next(event));
      deliver(journal, line, inside, stop)
        .pipe(finalize(() => active$.next(active$.value.filter((other) => other !== journal))))
        .subscribe();
    },
  };

  /** Given up at the deadline, sessions may still have something to write. */
  const drained = (deadlineMs: number): Observable<unknown> => {
    const late$ = waitOf(deadlineMs, parts.clock.scheduler).pipe(tap(() => deadline$.next()));
    return race(idle$, late$.pipe(mergeMap(() => idle$)));
  };

  const close = (deadlineMs: number): Promise<readonly SessionReport[]> => {
    const open = active$.value;
    const drained$ = new ReplaySubject<unknown>(1);
    drained(deadlineMs).subscribe(drained$); // before the sources stop: they may all be done at once
    closing$.next();
    const shut$ = merge(parts.encoder.close(), parts.journals.close(), parts.ingest.close());
    return lastValueFrom(concat(drained$.pipe(take(1)), shut$), { defaultValue: undefined }).then(() => {
      events$.complete();
      return open.map((journal) => journal.report());
    });
  };

  const status$ = statusOf(active$, events$, line, parts);
  watch(events$, status$, parts);
  // Last, so that everybody hears of it: what dead processes left is delivered beside the sessions of this one.
  parts.journals.unfinished$.pipe(takeUntil(closing$)).subscribe((journal) => {
    found.add(journal.id);
    inside.deliver(journal, () => EMPTY);
  });

  return {
    [rooms]: inside,
    events$: events$.asObservable(),
    status$,
    close: ({ deadlineMs = DEFAULT_DEADLINE_MS } = {}) => {
      if (!(typeof deadlineMs === 'number' && deadlineMs >= 0))
        return Promise.reject(new InputError('deadlineMs', deadlineMs, 'must be 0 or more milliseconds'));
      if (closed === undefined) {
        closed = Promise.resolve([]); // closing from here on, also for what stops while `close` runs
        closed = close(deadlineMs);
      }
      return closed;
    },
    async [Symbol.asyncDispose]() {
      const own = (await this.close()).filter(({ session }) => !found.has(session));
      const incomplete = own.find((report) => !isComplete(report));
      if (incomplete !== undefined) throw new IncompleteSessionError(incomplete);
    },
  };
};
