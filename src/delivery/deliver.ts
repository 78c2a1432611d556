import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
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
import { type Problem, toProblem } from '../model/problem.js';
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
 * Makes the platform match a journal, from its first record on: opens a stream, sends what is kept, ends the stream, and records
 * what happened.
 *
 * Emits nothing and never errors: what cannot be delivered is a record, too.
 */
export const deliver = (journal: SessionJournal, line: Line, rooms: Rooms): Observable<never> =>
  journal.events$.pipe(
    filter(({ type }) => type === 'asked'),
    take(1),
    mergeMap(() => new Delivery(journal, line, rooms).run()),
  );

class Delivery {
  readonly #attempts: Attempts;
  readonly #streams: Streams;
  readonly #sender: ChunkSender;
  #phase: Phase = 'open';

  constructor(
    private readonly journal: SessionJournal,
    private readonly line: Line,
    private readonly rooms: Rooms,
  ) {
    this.#attempts = new Attempts(journal, line, rooms);
    this.#streams = new Streams(journal, this.#attempts, rooms);
    this.#sender = new ChunkSender(journal, this.#streams, this.#attempts, rooms);
  }

  run(): Observable<never> {
    const tooLate$ = this.#tooLate();
    const work$ = defer(() => this.#work()).pipe(
      catchError((error) => {
        this.#giveUp(toProblem(error));
        return EMPTY;
      }),
      takeUntil(tooLate$), // stopped before it is given up: an ending would set off the end
    );
    return merge(
      work$,
      tooLate$.pipe(tap((problem) => this.#giveUp(problem))),
      pauseNotices(this.journal, this.line.gate, this.#attempts.gate),
    ).pipe(takeUntil(overOf(this.journal)), ignoreElements());
  }

  #work(): Observable<unknown> {
    const opened$ = concat(clockRead(this.rooms), this.#streams.open()).pipe(
      tap(() => {
        this.#phase = 'deliver';
      }),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const chunks$ = this.journal.pending$.pipe(
      mergeMap(
        (pending) => opened$.pipe(mergeMap(() => this.#sender.send(pending, this.#streams.current!))),
        this.rooms.inFlight,
      ),
    );
    return concat(
      merge(opened$, chunks$),
      defer(() => this.#end(this.#streams.current!.dataId)),
    );
  }

  #end(dataId: DataId): Observable<never> {
    this.#phase = 'end';
    const { asked } = this.journal;
    return concat(
      this.#attempts
        .of('end', () => this.rooms.ingest.end(asked.kind, dataId))
        .pipe(
          // Closed by the platform meanwhile: over is over.
          catchError((error) => (this.#attempts.verdict(error).means === 'closed' ? EMPTY : throwError(() => error))),
        ),
      defer(() => {
        this.journal.append({ type: 'closed', dataId, report: { ...this.journal.report(), ended: true } });
        return EMPTY;
      }),
    );
  }

  /** The deadline of `close`; and for what only memory holds a limit to the opening. */
  #tooLate(): Observable<Problem> {
    const { openTimeoutMs, clock, deadline$ } = this.rooms;
    const saying = (what: string) => map(() => tooLate(what, this.#attempts.lastProblem));
    const opening$ = this.journal.promises === 'memory' ? timer(openTimeoutMs, clock.scheduler) : NEVER;
    return merge(
      deadline$.pipe(saying('the platform was closed')),
      opening$.pipe(
        filter(() => this.#phase === 'open'),
        saying(`not opened in ${openTimeoutMs} ms`),
      ),
    );
  }

  #giveUp(problem: Problem): void {
    giveUp(this.journal, this.#phase, problem);
  }
}

/** Waits for the first word of the reference clock, for a while. */
const clockRead = ({ ingest, clock }: Rooms): Observable<never> =>
  race(ingest.clock$.pipe(take(1)), timer(CLOCK_PATIENCE_MS, clock.scheduler)).pipe(ignoreElements());
