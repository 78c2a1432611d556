import { AsyncSubject, defer, EMPTY, from, merge, type Observable, of, ReplaySubject, Subject } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { SessionId } from '../model/identifiers.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { Ending, Pending, SessionJournal, Undelivered } from './sessionJournal.js';

interface Open extends Undelivered {
  readonly time: ChunkTime;
  readonly settled$: AsyncSubject<never>;
  pending?: Pending;
}

const nameOf = ({ index, channel = '' }: ChunkRef): string => `${channel}/${index}`;

/** A session's journal in memory: a promise lasts as long as the process. */
export class MemoryJournal implements SessionJournal {
  readonly promises = 'memory';
  readonly #events$ = new Subject<SessionEvent>();
  readonly #added$ = new Subject<Pending>();
  readonly #ending$ = new ReplaySubject<Ending>(1);
  readonly events$ = this.#events$.asObservable();
  readonly ending$ = this.#ending$.asObservable();
  readonly #open = new Map<string, Open>();
  readonly pending$ = defer(() => {
    const kept = [...this.#open.values()].flatMap(({ pending }) => pending ?? []);
    return merge(this.#added$, from(kept));
  });
  readonly #untold: SessionEvent[] = [];
  #telling = false;
  #over = false;
  #report: SessionReport;

  constructor(
    readonly id: SessionId,
    readonly asked: Asked,
    private readonly clock: Clock,
  ) {
    this.#report = emptyReport(id, asked.kind);
  }

  append(record: SessionRecord): Observable<never> {
    if (this.#over) return EMPTY; // a chunk that was being encoded as the session gave up is lost once
    this.#over = record.type === 'closed' || record.type === 'gaveUp';
    this.#report = addToReport(this.#report, record);
    if (record.type === 'accepted')
      this.#open.set(nameOf(record.chunk), {
        ...record,
        acceptedAt: this.clock.wallMs(),
        settled$: new AsyncSubject(),
      });
    this.#tell(record);
    if (record.type === 'delivered' || record.type === 'rejected' || record.type === 'lost') this.#letGo(record.chunk);
    if (record.type === 'ending') this.#added$.complete();
    return EMPTY;
  }

  notify(notice: SessionNotice): void {
    this.#tell(notice);
  }

  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never> {
    const open = this.#open.get(nameOf(chunk));
    const bytes = copyOf(body);
    if (open === undefined) return EMPTY; // lost while it was being encoded
    open.pending = { chunk: open.chunk, time: open.time, body: () => of(bytes) };
    this.#added$.next(open.pending);
    return open.settled$;
  }

  undelivered(): readonly Undelivered[] {
    return [...this.#open.values()];
  }

  report(): SessionReport {
    return this.#report;
  }

  #letGo(chunk: ChunkRef): void {
    const open = this.#open.get(nameOf(chunk));
    this.#open.delete(nameOf(chunk));
    open?.settled$.complete();
  }

  /** One at a time: a reader that appends is heard after the others have heard what it answers to. */
  #tell(said: SessionRecord | SessionNotice): void {
    this.#untold.push({ ...said, session: this.id, at: this.clock.wallMs() });
    if (this.#telling) return;
    this.#telling = true;
    for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift()) {
      this.#events$.next(event);
      if (event.type === 'ending') this.#ending$.next(event);
      if (event.type === 'closed' || event.type === 'gaveUp') this.#events$.complete();
    }
    this.#telling = false;
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
