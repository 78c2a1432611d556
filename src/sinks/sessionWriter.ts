import {
  BehaviorSubject,
  catchError,
  EMPTY,
  finalize,
  first,
  ignoreElements,
  mergeMap,
  type Observable,
  type Subscription,
  takeWhile,
  tap,
} from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import type { Account } from '../flow/account.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { FrameInfo, TimeBase } from '../model/frame.js';
import type { Outcome } from '../model/outcome.js';
import { toProblem } from '../model/problem.js';

/** A chunk that is complete, or what a revision adds to one. */
export interface Accepted {
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  /** What the camera told of each of its frames, when it did. */
  readonly frames?: readonly FrameInfo[];
  /** Bytes that are held until it is encoded. */
  readonly heldBytes: number;
  readonly body$: Observable<EncodedChunk>;
}

/** Writes what a session is given into its journal: the beginning, chunks that are encoded and kept, and the end. */
export abstract class SessionWriter {
  readonly journal: SessionJournal;
  protected readonly account: Account;
  readonly #clock: Subscription;
  readonly #encoding$ = new BehaviorSubject(0);
  /** Chunks that the journal still needs memory for, or does not have by now. */
  readonly #keeping$ = new BehaviorSubject(0);
  /** Accepted, and not yet given to the journal. */
  readonly #accepted: Accepted[] = [];
  #reading: ClockReading | undefined;
  #asked = false;
  #ended = false;

  constructor(
    protected readonly rooms: Rooms,
    asked: Asked,
  ) {
    this.journal = rooms.journals.create(asked);
    this.account = rooms.budget.account();
    this.#clock = rooms.ingest.clock$.subscribe((reading) => {
      this.#reading = reading;
    });
    this.journal.events$.subscribe({ complete: () => this.#over() });
  }

  /** Nothing more is accepted. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Has the session opened; once. */
  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.journal.append({ type: 'asked', asked: this.journal.asked });
  }

  /** Nothing more will come: closes what is being filled, and records the end when all of it is kept. */
  end(outcome: Outcome, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.seal();
    this.ask();
    this.#encoding$.pipe(first((count) => count === 0)).subscribe(() => {
      this.journal.append({
        type: 'ending',
        outcome,
        ...(error === undefined ? {} : { problem: toProblem(error) }),
      });
    });
  }

  /**
   * Takes nothing more, and counts what is being filled as accepted: delivery gives up. Completes when the journal needs no memory for
   * what was accepted (on disk: all of it is durable).
   */
  stop(): Observable<never> {
    if (!this.#ended) {
      this.#ended = true;
      this.seal();
    }
    return this.#keeping$.pipe(
      takeWhile((count) => count > 0),
      ignoreElements(),
    );
  }

  /** Accepts what is being filled. */
  protected abstract seal(): void;

  /** From here on the chunk has an index, and is ours. */
  protected accept(accepted: Accepted): void {
    const { chunk, time, frames } = accepted;
    this.#keeping$.next(this.#keeping$.value + 1);
    this.#encoding$.next(this.#encoding$.value + 1); // first: `accepted` may make the subscriber leave, and that must not end yet
    const isInside = this.#accepted.push(accepted) > 1; // a reader of `accepted` brings more
    this.journal.append({ type: 'accepted', chunk, time, ...(frames === undefined ? {} : { frames }) });
    if (!isInside) this.#keepAll();
  }

  /** In the order they were accepted: a revision has no place before the one it adds to. */
  #keepAll(): void {
    for (let next = this.#accepted[0]; next !== undefined; next = this.#accepted[0]) {
      this.#keep(next);
      this.#accepted.shift();
    }
  }

  /** A moment, with what is known of the host's clock now; of another clock it says nothing. */
  protected timeAt(startMs: number, timeBase: TimeBase): ChunkTime {
    const clock = timeBase === 'host' ? this.#reading : undefined;
    return { startMs, timeBase, ...(clock === undefined ? {} : { clock }) };
  }

  /** Raw bytes are charged until they are encoded, then the encoded ones until the journal needs no memory for them. */
  #keep({ chunk, heldBytes, body$ }: Accepted): void {
    let charged = 0;
    const charge = (bytes: number) => {
      this.account.release(charged);
      this.account.charge(bytes);
      charged = bytes;
    };
    charge(heldBytes);
    body$
      .pipe(
        tap(({ byteLength }) => charge(byteLength)),
        finalize(() => this.#encoding$.next(this.#encoding$.value - 1)),
        mergeMap((body) => this.journal.keep(chunk, body)),
        catchError((error: unknown) => {
          this.journal.append({ type: 'lost', chunk, problem: toProblem(error) });
          return EMPTY;
        }),
        finalize(() => {
          charge(0);
          this.#keeping$.next(this.#keeping$.value - 1);
        }),
      )
      .subscribe();
  }

  #over(): void {
    this.#ended = true;
    this.#clock.unsubscribe();
  }
}
