import { AsyncSubject, defer, EMPTY, from, merge, type Observable, of, Subject } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { SessionId } from '../model/identifiers.js';
import type { SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { backlogOf } from './backlogOf.js';
import { chunkName } from './chunkName.js';
import type { Backlog, Pending, SessionJournal, Undelivered } from './sessionJournal.js';
import { Telling } from './telling.js';

interface Open extends Undelivered {
  readonly time: ChunkTime;
  readonly settled$: AsyncSubject<never>;
  isKept: boolean;
  pending?: Pending;
}

/** A session's journal in memory: a promise lasts as long as the process. */
export class MemoryJournal implements SessionJournal {
  readonly promises = 'memory';
  readonly isDurable = false;
  readonly #telling: Telling;
  readonly #added$ = new Subject<Pending>();
  readonly #open = new Map<string, Open>();
  readonly pending$ = defer(() => {
    const kept = [...this.#open.values()].flatMap(({ pending }) => pending ?? []);
    return merge(this.#added$, from(kept));
  });
  #over = false;
  #report: SessionReport;

  constructor(
    readonly id: SessionId,
    readonly asked: Asked,
    private readonly clock: Clock,
  ) {
    this.#telling = new Telling(id, clock);
    this.#report = emptyReport(id, asked.kind);
  }

  get events$() {
    return this.#telling.events$;
  }

  get ending$() {
    return this.#telling.ending$;
  }

  append(record: SessionRecord): Observable<never> {
    if (this.#over) return EMPTY; // a chunk that was being encoded as the session gave up is lost once
    this.#over = record.type === 'closed' || record.type === 'gaveUp';
    this.#report = addToReport(this.#report, record);
    if (record.type === 'accepted')
      this.#open.set(chunkName(record.chunk), {
        ...record,
        acceptedAt: this.clock.wallMs(),
        isKept: false,
        settled$: new AsyncSubject(),
      });
    this.#telling.tell(record);
    if (record.type === 'delivered' || record.type === 'rejected' || record.type === 'lost') this.#letGo(record.chunk);
    if (record.type === 'ending') this.#added$.complete();
    return EMPTY;
  }

  notify(notice: SessionNotice): void {
    this.#telling.tell(notice);
  }

  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never> {
    const open = this.#open.get(chunkName(chunk));
    const bytes = copyOf(body);
    if (open === undefined) return EMPTY; // lost while it was being encoded
    open.isKept = true;
    open.pending = { chunk: open.chunk, time: open.time, body: () => of(bytes) };
    this.#added$.next(open.pending);
    return open.settled$;
  }

  undelivered(): readonly Undelivered[] {
    return [...this.#open.values()];
  }

  backlog(): Backlog {
    return backlogOf(this.#open);
  }

  report(): SessionReport {
    return this.#report;
  }

  #letGo(chunk: ChunkRef): void {
    const open = this.#open.get(chunkName(chunk));
    this.#open.delete(chunkName(chunk));
    open?.settled$.complete();
  }
}

/** A copy of its own size, so that the encoder's arena goes back at once. */
const copyOf = (body: EncodedChunk): EncodedChunk => {
  const bytes = Buffer.allocUnsafeSlow(body.byteLength); // every byte is written below
  let at = 0;
  for (const part of body.parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  body.release();
  return { parts: [bytes], byteLength: bytes.byteLength, dims: body.dims, release: () => {} };
};
