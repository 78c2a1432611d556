import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  race,
  shareReplay,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { overOf } from '../journal/overOf.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { DataId } from '../model/identifiers.js';
import { toProblem } from '../model/problem.js';
import { Attempts } from './attempts.js';
import { ChunkSender } from './chunkSender.js';
import { giveUp, type Phase, tooLate } from './giveUp.js';
import type { Line } from './line.js';
import { pauseNotices } from './pauseNotices.js';
import type { Rooms } from './platform.js';
import { Streams } from './streams.js';

/** How long the first reading of the platform's clock may hold up the opening, ms. */
const CLOCK_PATIENCE_MS = 5_000;

/**
 * Makes the platform match a journal: opens a stream, sends what is kept, ends the stream, and records what happened.
 *
 * Emits nothing and never errors: what cannot be delivered is a record, too.
 */
export const deliver = (journal: SessionJournal, line: Line, rooms: Rooms): Observable<never> =>
  defer(() => {
    const attempts = new Attempts(journal, line, rooms);
    const streams = new Streams(journal, attempts, rooms);
    const sender = new ChunkSender(journal, streams, attempts, rooms);
    let phase: Phase = 'open';
    const enter = (next: Phase) => () => {
      phase = next;
    };

    const opened$ = concat(clockRead(rooms), streams.open()).pipe(
      tap(enter('deliver')),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const chunks$ = journal.pending$.pipe(
      mergeMap((pending) => opened$.pipe(mergeMap(() => sender.send(pending, streams.current!))), rooms.inFlight),
    );
    const end$ = defer(() => {
      phase = 'end';
      return end(journal, streams.current!.dataId, attempts, rooms);
    });

    const stopped$ = merge(
      rooms.deadline$.pipe(tap(() => giveUp(journal, phase, tooLate('the platform was closed', attempts.lastProblem)))),
      openTimeout(journal, rooms).pipe(
        filter(() => phase === 'open'),
        tap(() => giveUp(journal, phase, tooLate(`not opened in ${rooms.openTimeoutMs} ms`, attempts.lastProblem))),
      ),
    );
    return merge(
      concat(merge(opened$, chunks$, journal.ending$.pipe(take(1))), end$).pipe(
        catchError((error) => {
          giveUp(journal, phase, toProblem(error));
          return EMPTY;
        }),
      ),
      pauseNotices(journal, line.gate, attempts.gate),
    ).pipe(takeUntil(merge(overOf(journal), stopped$)), ignoreElements());
  });

/** Waits for the first word of the reference clock, for a while. */
const clockRead = ({ ingest, clock }: Rooms): Observable<never> =>
  race(ingest.clock$.pipe(take(1)), timer(CLOCK_PATIENCE_MS, clock.scheduler)).pipe(ignoreElements());

/** Only what memory holds has to be given up: a durable session waits for its platform. */
const openTimeout = (journal: SessionJournal, { openTimeoutMs, clock }: Rooms): Observable<unknown> =>
  journal.promises === 'memory' ? timer(openTimeoutMs, clock.scheduler) : NEVER;

const end = (journal: SessionJournal, dataId: DataId, attempts: Attempts, { ingest }: Rooms): Observable<never> =>
  concat(
    attempts
      .of('end', () => ingest.end(journal.asked.kind, dataId))
      .pipe(
        // Closed by the platform meanwhile: over is over.
        catchError((error) => (attempts.verdict(error).means === 'closed' ? EMPTY : throwError(() => error))),
      ),
    defer(() => {
      journal.append({ type: 'closed', dataId, report: { ...journal.report(), ended: true } });
      return EMPTY;
    }),
  );
