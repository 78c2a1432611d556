import type { Observable } from 'rxjs';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { SessionId } from '../model/identifiers.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';

/** The record that ends what a session accepts. */
export type Ending = Extract<SessionRecord, { readonly type: 'ending' }>;

/** A chunk that is kept and not yet delivered. */
export interface Pending {
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  /** The bytes, from hot memory or read back; the subscriber releases them. */
  body(): Observable<EncodedChunk>;
}

/** What one session has promised and learned, in order. Sinks append to it; delivery makes the platform match it. */
export interface SessionJournal {
  readonly id: SessionId;
  readonly asked: Asked;
  /** How much of a promise a record is: gone with the process, or not. */
  readonly promises: 'memory' | 'durable';
  /**
   * Adds a record: at once, in order, also when a reader of the last one appends. Hot: nobody need subscribe. Completes when the
   * record is as safe as this journal makes it; a full one does not answer. After `closed` or `gaveUp` nothing is added any more.
   */
  append(record: SessionRecord): Observable<never>;
  /** Tells the readers something that is not worth keeping, in the order of the records. */
  notify(notice: SessionNotice): void;
  /**
   * Takes over the bytes of an accepted chunk. Completes when memory is free of them (here: delivered, rejected or lost; on disk:
   * durable), so that a charge lives exactly as long. Hot.
   */
  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never>;
  /** Records and notices from now on; completes after `closed` or `gaveUp`. */
  readonly events$: Observable<SessionEvent>;
  /** What is kept and not delivered, oldest first, then what is added; completes when `ending` is recorded, after which nothing more is kept. */
  readonly pending$: Observable<Pending>;
  /** Emits once the session is ending, also if it is by now. */
  readonly ending$: Observable<Ending>;
  /** Oldest first; also what is still being encoded. */
  undelivered(): readonly Undelivered[];
  report(): SessionReport;
}

/** An accepted chunk that is neither delivered, rejected nor lost. */
export interface Undelivered {
  readonly chunk: ChunkRef;
  /** Host time, ms UTC. */
  readonly acceptedAt: number;
}

/** Where journals are made, and found again. */
export interface Journals {
  create(asked: Asked): SessionJournal;
  /** Journals of earlier processes that have no end yet. */
  readonly unfinished$: Observable<SessionJournal>;
  close(): Observable<never>;
}
