import { AsyncSubject, defer, EMPTY, from, merge, type Observable, of, Subject, timer } from 'rxjs';
import type { Clock } from '../../src/flow/clock.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { backlogOf } from '../../src/journal/backlogOf.js';
import { chunkName } from '../../src/journal/chunkName.js';
import type { Journals, Pending, Recovered, SessionJournal, Undelivered } from '../../src/journal/sessionJournal.js';
import { Telling } from '../../src/journal/telling.js';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { Asked } from '../../src/model/asked.js';
import type { ChunkRef, ChunkTime } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionNotice, SessionRecord } from '../../src/model/sessionEvent.js';

/** How slow a disk is. */
export interface DiskScript {
  /** Until a record is safe, ms. Default 0: at once. */
  readonly appendMs?: number;
  /** Until a chunk is durable, ms: of each in turn, the last for the rest. `Infinity`: the disk is full. Default 0. */
  readonly keepMs?: readonly number[];
  readonly clock?: Clock;
}

/** What an earlier process left. */
export interface Left {
  readonly recovered: Recovered;
  /** Nobody is told them again. */
  readonly records: readonly SessionRecord[];
  /** The chunks whose bytes are here. */
  readonly bodies: readonly { readonly chunk: ChunkRef; readonly body: EncodedChunk }[];
}

interface Chunk extends Undelivered {
  readonly time: ChunkTime;
  readonly pending?: Pending;
}

/** A journal that is as durable, and as slow, as it is told to be, in virtual time. A chunk is handed out when it is durable. */
export class DurableJournal implements SessionJournal {
  readonly promises = 'durable';
  readonly recovered?: Recovered;
  isDurable = false;
  readonly #telling: Telling;
  readonly #chunks = new Map<string, Chunk>();
  readonly #added$ = new Subject<Pending>();
  readonly pending$ = defer(() =>
    merge(this.#added$, from([...this.#chunks.values()].flatMap(({ pending }) => pending ?? []))),
  );
  #report;
  #keeping = 0;
  #kept = 0;
  #isEnding = false;
  #isOver = false;

  constructor(
    readonly id: SessionId,
    readonly asked: Asked,
    private readonly script: DiskScript = {},
    left?: Left,
  ) {
    this.#telling = new Telling(id, this.#clock);
    this.#report = emptyReport(id, asked.kind);
    if (left === undefined) return;
    this.recovered = left.recovered;
    for (const record of left.records) this.#fold(record);
    for (const { chunk, body } of left.bodies) this.#hasBytes(chunk, copyOf(body));
    const ending = left.records.find((record) => record.type === 'ending');
    if (ending !== undefined) {
      this.#telling.hasEnded(ending);
      this.#added$.complete();
    }
  }

  get events$() {
    return this.#telling.events$;
  }

  get ending$() {
    return this.#telling.ending$;
  }

  append(record: SessionRecord): Observable<never> {
    if (this.#isOver) return EMPTY;
    this.#isOver = record.type === 'closed' || record.type === 'gaveUp';
    this.#fold(record);
    this.#telling.tell(record);
    if (record.type === 'ending') {
      this.#isEnding = true;
      this.#addNoMore();
    }
    return this.#after(this.script.appendMs ?? 0);
  }

  notify(notice: SessionNotice): void {
    this.#telling.tell(notice);
  }

  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never> {
    const bytes = copyOf(body);
    const { keepMs = [0] } = this.script;
    this.#keeping++;
    const kept$ = this.#after(keepMs[Math.min(this.#kept++, keepMs.length - 1)] ?? 0);
    const done$ = new AsyncSubject<never>();
    kept$.subscribe({
      complete: () => {
        this.#keeping--;
        this.#durable(chunk, bytes);
        this.#addNoMore();
        done$.complete();
      },
    });
    return done$;
  }

  undelivered(): readonly Undelivered[] {
    return [...this.#chunks.values()];
  }

  backlog() {
    return backlogOf(this.#chunks);
  }

  report() {
    return this.#report;
  }

  get #clock(): Clock {
    return this.script.clock ?? hostClock;
  }

  #fold(record: SessionRecord): void {
    this.#report = addToReport(this.#report, record);
    if (record.type === 'accepted') {
      const { chunk, time } = record;
      this.#chunks.set(chunkName(chunk), { chunk, time, acceptedAt: this.#clock.wallMs(), isKept: false });
    }
    if (record.type === 'retried') {
      const time: ChunkTime = { startMs: 0, timeBase: 'host' };
      this.#chunks.set(chunkName(record.chunk), { chunk: record.chunk, time, acceptedAt: 0, isKept: false });
    }
    if (record.type === 'delivered' || record.type === 'rejected' || record.type === 'lost')
      this.#chunks.delete(chunkName(record.chunk));
  }

  #durable(chunk: ChunkRef, body: EncodedChunk): void {
    if (this.#isOver || !this.#hasBytes(chunk, body)) return; // lost, or given up, in the meantime
    this.#telling.tell({ type: 'durable', chunk, bytes: body.byteLength });
    const pending = this.#chunks.get(chunkName(chunk))?.pending;
    if (pending !== undefined) this.#added$.next(pending);
  }

  #hasBytes(chunk: ChunkRef, body: EncodedChunk): boolean {
    const known = this.#chunks.get(chunkName(chunk));
    if (known === undefined) return false;
    this.isDurable = true;
    const pending = { chunk: known.chunk, time: known.time, body: () => of(body) };
    this.#chunks.set(chunkName(chunk), { ...known, isKept: true, pending });
    return true;
  }

  #addNoMore(): void {
    if (this.#isEnding && this.#keeping === 0) this.#added$.complete();
  }

  /** Hot, and at once when there is nothing to wait for. */
  #after(ms: number): Observable<never> {
    const done$ = new AsyncSubject<never>();
    if (ms === 0) done$.complete();
    else if (ms < Infinity) timer(ms, this.#clock.scheduler).subscribe({ complete: () => done$.complete() });
    return done$;
  }
}

/** Journals of such a disk, and those that dead processes left on it. */
export const durableJournals = (
  script: DiskScript = {},
  unfinished$: Observable<SessionJournal> = EMPTY,
  closed$: Observable<never> = EMPTY,
): Journals & { readonly made: readonly DurableJournal[] } => {
  const made: DurableJournal[] = [];
  return {
    made,
    unfinished$,
    create: (asked) => {
      const journal = new DurableJournal(`session-${made.length + 1}` as SessionId, asked, script);
      made.push(journal);
      return journal;
    },
    close: () => closed$,
  };
};

/** A copy: the encoder takes its own memory back. */
const copyOf = (body: EncodedChunk): EncodedChunk => {
  const parts = [Uint8Array.from(Buffer.concat(body.parts as Uint8Array[]))];
  body.release();
  return { parts, byteLength: body.byteLength, dims: body.dims, release: () => {} };
};
