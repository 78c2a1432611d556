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
import { type Fate, GrowingChunk } from './growingChunk.js';
import { Growth } from './growth.js';
import type { Backlog, Pending, SessionJournal, Undelivered } from './sessionJournal.js';
import { Telling } from './telling.js';

class Open extends GrowingChunk {
  /** Told when memory is free of a revision, by its number. */
  readonly waiting = new Map<number, AsyncSubject<never>>();

  constructor(
    readonly chunk: ChunkRef,
    readonly time: ChunkTime,
  ) {
    super();
  }

  get undelivered(): readonly Undelivered[] {
    const { acceptedAt, kept, unkept, revision, keptRevision } = this;
    return [
      ...(kept > 0
        ? [{ chunk: { ...this.chunk, revision: keptRevision, items: kept }, acceptedAt, isKept: true }]
        : []),
      ...(unkept > 0 ? [{ chunk: { ...this.chunk, revision, items: unkept }, acceptedAt, isKept: false }] : []),
    ];
  }

  /** Of every revision up to that. */
  letGo(revision: number): void {
    for (const [kept, settled$] of [...this.waiting])
      if (kept <= revision) {
        this.waiting.delete(kept);
        settled$.complete();
      }
  }
}

/** A session's journal in memory: a promise lasts as long as the process. */
export class MemoryJournal implements SessionJournal {
  readonly promises = 'memory';
  readonly isDurable = false;
  readonly #telling: Telling;
  readonly #added$ = new Subject<Pending>();
  /** What has no fate yet, was refused and may be sent again, or may still grow. */
  readonly #chunks = new Map<string, Open>();
  readonly #growth = new Growth();
  /** What has no fate yet, in the order it was accepted. */
  readonly #undelivered = new Map<string, Open>();
  readonly pending$ = defer(() => merge(this.#added$, from([...this.#undelivered.values()].flatMap(pendingOf))));
  #over = false;
  #report: SessionReport;

  constructor(
    readonly id: SessionId,
    readonly asked: Asked,
    private readonly clock: Clock,
  ) {
    this.#telling = new Telling(id, clock);
    this.#report = emptyReport(id, asked.kind);
    this.#growth.isOver = asked.kind === 'rheed';
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
    if (record.type === 'accepted') this.#accept(record);
    // First: whoever hears of it may have the session given up, and that counts what is left.
    const settled = isSettling(record) ? this.#settle(record) : undefined;
    this.#telling.tell(record);
    if (isSettling(record) && record.type !== 'retried') settled?.letGo(record.chunk.revision);
    if (record.type === 'ending') this.#end();
    return EMPTY;
  }

  notify(notice: SessionNotice): void {
    this.#telling.tell(notice);
  }

  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never> {
    const open = this.#chunks.get(chunkName(chunk));
    const isTaken = open?.keep(chunk, body.parts, body.dims) === true;
    body.release();
    if (open === undefined || !isTaken) return EMPTY; // lost while it was being encoded
    const settled$ = new AsyncSubject<never>();
    open.waiting.set(chunk.revision, settled$);
    this.#added$.next({ ...pendingTo(open), chunk });
    return settled$;
  }

  undelivered(): readonly Undelivered[] {
    return [...this.#undelivered.values()].flatMap(({ undelivered }) => undelivered);
  }

  backlog(): Backlog {
    return backlogOf(this.#undelivered);
  }

  report(): SessionReport {
    return this.#report;
  }

  #accept({ chunk, time }: Extract<SessionRecord, { type: 'accepted' }>): void {
    const name = chunkName(chunk);
    const open = this.#chunks.get(name) ?? new Open(chunk, time);
    open.accept(chunk, this.clock.wallMs());
    this.#chunks.set(name, open);
    this.#undelivered.set(name, open);
    const before = this.#growth.accept(chunk);
    if (before !== undefined) this.#look(before);
  }

  #settle(said: Settling): Open | undefined {
    const { chunk } = said;
    const open = this.#chunks.get(chunkName(chunk));
    if (open === undefined) return undefined;
    if (said.type === 'retried') open.retry(this.clock.wallMs());
    else open.settle(said);
    this.#undelivered.delete(chunkName(chunk)); // what is left of it came after the others
    this.#look(chunkName(chunk));
    return open;
  }

  /** Brings the list up to date, and forgets what nobody can need. A dead letter is one of those when nothing is added to it. */
  #look(name: string): void {
    const open = this.#chunks.get(name);
    if (open === undefined) return;
    const isLeft = open.kept + open.unkept > 0;
    if (isLeft) this.#undelivered.set(name, open);
    if (this.#growth.includes(open.chunk)) return;
    open.body.fit();
    if (!isLeft) this.#chunks.delete(name);
  }

  #end(): void {
    this.#growth.isOver = true;
    for (const name of [...this.#chunks.keys()]) this.#look(name);
    this.#added$.complete();
  }
}

type Settling = Fate | Extract<SessionRecord, { type: 'retried' }>;

const isSettling = (record: SessionRecord): record is Settling =>
  record.type === 'delivered' || record.type === 'rejected' || record.type === 'lost' || record.type === 'retried';

/** With all that is here of it by now, whatever is added. */
const pendingTo = (open: Open): Pending => {
  const { chunk, time, dims, body, keptRevision, kept } = open;
  const { byteLength } = body;
  const encoded = () => ({ parts: [body.upTo(byteLength)], byteLength, dims, release: () => {} });
  return { chunk: { ...chunk, revision: keptRevision, items: kept }, time, body: () => defer(() => of(encoded())) };
};

const pendingOf = (open: Open): readonly Pending[] => (open.kept > 0 ? [pendingTo(open)] : []);
