import {
  catchError,
  concat,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  identity,
  ignoreElements,
  type MonoTypeOperatorFunction,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  race,
  shareReplay,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { overOf } from '../journal/overOf.js';
import type { Pending, SessionJournal } from '../journal/sessionJournal.js';
import { type Problem, toProblem } from '../model/problem.js';
import { Attempts } from './attempts.js';
import { ChunkSender } from './chunkSender.js';
import { giveUp, type Phase, tooLate } from './giveUp.js';
import { GrowingChunks } from './growingChunks.js';
import { lanes } from './lanes.js';
import type { Line } from './line.js';
import { pauseNotices } from './pauseNotices.js';
import type { Rooms } from './platform.js';
import { Streams } from './streams.js';
import { takeOver } from './takeOver.js';

/** How long the first reading of the platform's clock may hold up the opening, ms. */
const CLOCK_PATIENCE_MS = 5_000;

/**
 * Makes the platform match a journal, from its first record on, or from where earlier processes left it: opens a stream, sends what
 * is kept, ends the stream, and records what happened. `stop` has whoever fills the journal take no more.
 *
 * Emits nothing and never errors: what cannot be delivered is a record, too.
 */
export const deliver = (
  journal: SessionJournal,
  line: Line,
  rooms: Rooms,
  stop: () => Observable<never>,
): Observable<never> =>
  begun(journal).pipe(
    take(1),
    mergeMap(() => new Delivery(journal, line, rooms, stop).run()),
  );

const begun = ({ recovered, events$ }: SessionJournal): Observable<unknown> =>
  recovered === undefined ? events$.pipe(filter(({ type }) => type === 'asked')) : of('found');

interface Growing {
  readonly due: MonoTypeOperatorFunction<Pending>;
  readonly sent: (pending: Pending) => MonoTypeOperatorFunction<unknown>;
}

class Delivery {
  readonly #attempts: Attempts;
  readonly #streams: Streams;
  readonly #sender: ChunkSender;
  #phase: Phase = 'open';

  constructor(
    private readonly journal: SessionJournal,
    private readonly line: Line,
    private readonly rooms: Rooms,
    private readonly stop: () => Observable<never>,
  ) {
    this.#attempts = new Attempts(journal, line, rooms);
    this.#streams = new Streams(journal, this.#attempts, rooms);
    this.#sender = new ChunkSender(journal, this.#streams, this.#attempts, line, rooms);
  }

  run(): Observable<never> {
    const tooLate$ = this.#tooLate();
    const failed$ = defer(() => this.#work()).pipe(
      ignoreElements(),
      catchError((error) => of(toProblem(error))),
      takeUntil(tooLate$), // stopped before it is given up: an ending would set off the end
    );
    return merge(
      merge(failed$, tooLate$).pipe(
        exhaustMap((problem) => giveUp(this.journal, this.#phase, problem, this.stop, this.rooms)),
      ),
      pauseNotices(this.journal, this.line.gate, this.#attempts.gate),
      this.#clockKept(),
    ).pipe(takeUntil(overOf(this.journal)));
  }

  #work(): Observable<unknown> {
    takeOver(this.journal);
    const opened$ = concat(clockRead(this.rooms), this.#streams.open()).pipe(
      tap(() => {
        this.#phase = 'deliver';
      }),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const { inFlight, clock } = this.rooms;
    const isOld = this.journal.recovered !== undefined;
    const { due, sent } = this.#growing();
    const chunks$ = this.journal.pending$.pipe(
      due,
      lanes({ inFlight, places: this.line.backlog, scheduler: clock.scheduler, isOld }, (pending, lane) =>
        opened$.pipe(
          mergeMap(() => this.#sender.send(pending, lane, this.#streams.current!)),
          sent(pending),
        ),
      ),
    );
    return concat(
      merge(opened$, chunks$),
      defer(() => this.#end()),
    );
  }

  /** Frames come in whole chunks; points are added to theirs. */
  #growing(): Growing {
    const { asked } = this.journal;
    if (asked.kind === 'rheed') return { due: identity, sent: () => identity };
    const growing = new GrowingChunks(this.journal, asked.options, this.rooms.clock.scheduler);
    return { due: growing.due(), sent: (pending) => growing.sent(pending) };
  }

  #end(): Observable<never> {
    this.#phase = 'end';
    const stream = this.#streams.current!;
    return concat(
      this.#streams.end(stream),
      defer(() => {
        const report = { ...this.journal.report(), ended: true };
        this.journal.append({ type: 'closed', dataId: stream.dataId, report });
        return EMPTY;
      }),
    );
  }

  /** The deadline of `close`; and for what only memory holds a limit to the opening. */
  #tooLate(): Observable<Problem> {
    const { openTimeoutMs, clock, deadline$ } = this.rooms;
    const isOnDisk = this.journal.promises === 'durable';
    const saying = (what: string) => map(() => tooLate(what, this.#attempts.lastProblem));
    const opening$ = isOnDisk ? NEVER : timer(openTimeoutMs, clock.scheduler);
    return merge(
      deadline$.pipe(
        saying(`delivery was stopped${isOnDisk ? '; what the platform does not have stays on the disk' : ''}`),
      ),
      opening$.pipe(
        filter(() => this.#phase === 'open'),
        saying(`not opened in ${openTimeoutMs} ms`),
      ),
      this.#keyless(),
    );
  }

  /** A key that never worked and stays what it is: nobody waits for a better one once the source is over. */
  #keyless(): Observable<Problem> {
    const { keyMayChange } = this.rooms.ingest;
    return this.journal.ending$.pipe(
      switchMap(() => merge(this.line.gate.state$, this.#attempts.gate.state$)),
      mergeMap((state) => (state.is === 'held' && state.isPause ? [state.problem] : [])),
      filter(() => !keyMayChange && !this.line.keyHasWorked),
      map((problem) => ({ ...problem, message: `${problem.message}; what was accepted stays on the disk` })),
    );
  }

  /** No writer reads the clock of a session that was found again; chunks without a reading of their own need one. */
  #clockKept(): Observable<never> {
    return this.journal.recovered === undefined ? EMPTY : this.rooms.ingest.clock$.pipe(ignoreElements());
  }
}

/** Waits for the first word of the reference clock, for a while. */
const clockRead = ({ ingest, clock }: Rooms): Observable<never> =>
  race(ingest.clock$.pipe(take(1)), timer(CLOCK_PATIENCE_MS, clock.scheduler)).pipe(ignoreElements());
