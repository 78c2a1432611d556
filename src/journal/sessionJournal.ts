import type { Observable } from 'rxjs';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { DataId, SessionId } from '../model/identifiers.js';
import type { Problem } from '../model/problem.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { SpoolStatus } from '../model/spoolStatus.js';

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
   * record is as safe as this journal makes it (and so are all before it); a full one does not answer. After `closed` or `gaveUp`
   * nothing is added any more.
   */
  append(record: SessionRecord): Observable<never>;
  /** Tells the readers something that is not worth keeping, in the order of the records. */
  notify(notice: SessionNotice): void;
  /**
   * Takes over the bytes of an accepted chunk, or of what a revision adds to one: the body of a revision is the bodies of all up to it,
   * one after the other. They stay until a chunk that grows is full and delivered. Completes when memory is free of them (here: delivered, rejected or lost; on disk:
   * durable, and the attempt over that began at once), so that a charge lives exactly as long. Hot.
   */
  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never>;
  /** Records and notices from now on; completes after `closed` or `gaveUp`. */
  readonly events$: Observable<SessionEvent>;
  /**
   * What is kept and not delivered, oldest first, then what is added, each revision (of what was there before, the last one with all
   * its undelivered points); completes when `ending` is recorded, after which nothing more is kept.
   */
  readonly pending$: Observable<Pending>;
  /** Emits once the session is ending, also if it is by now. */
  readonly ending$: Observable<Ending>;
  /** Oldest first; also what is still being encoded. */
  undelivered(): readonly Undelivered[];
  /** How much that is, at the cost of a look. */
  backlog(): Backlog;
  /** Whether a chunk has become durable: from then on only a platform that has everything, or its user, ends the session. */
  readonly isDurable: boolean;
  /** What earlier processes left; absent in a session of this one. */
  readonly recovered?: Recovered;
  report(): SessionReport;
}

/** An accepted chunk that is neither delivered, rejected nor lost. */
export interface Undelivered {
  readonly chunk: ChunkRef;
  /** Host time, ms UTC. */
  readonly acceptedAt: number;
  /** Its bytes are here. Otherwise it is being encoded or written; in a recovered session they will never come. */
  readonly isKept: boolean;
}

/** What waits to be delivered. */
export interface Backlog {
  readonly chunks: number;
  /** When the oldest was accepted, host time, ms UTC. */
  readonly oldestAcceptedAt?: number;
}

/** How far earlier processes had come with a session. Its `report()`, `undelivered()` and `ending$` tell the rest. */
export interface Recovered {
  /** A stream was asked for and no reply recorded: it may stand there beside the next one. */
  readonly mayBeOrphaned: boolean;
  /** The last stream that the platform is known to have. */
  readonly stream?: {
    readonly dataId: DataId;
    /** The session's index of its chunk 0. */
    readonly firstIndex: number;
    /** The same for each channel of which the platform is known to have a chunk in this stream. */
    readonly firstIndexes?: ReadonlyMap<string, number>;
    /** Its links were applied, and `opened` recorded. */
    readonly isOpened: boolean;
    /** The platform was asked to end it, and may have done so. */
    readonly isEndAsked: boolean;
    /** The platform has ended it, and takes no more chunks: what is to be sent again goes into a continuation. */
    readonly isEnded: boolean;
  };
  /** What of its directory could not be read, and is set aside there. */
  readonly damage?: readonly Problem[];
  /** Somebody asked for this session to be sent again, so a closed stream may be continued. Otherwise it is left as it is. */
  readonly mayContinue: boolean;
}

/** Where journals are made, and found again. */
export interface Journals {
  create(asked: Asked): SessionJournal;
  /**
   * Journals of dead processes that have something to deliver or no end yet: those there are, then those whose owner dies while
   * somebody is subscribed. Each is handed out once, and is then this process's alone until it is over.
   */
  readonly unfinished$: Observable<SessionJournal>;
  /** How full the disk is; absent for memory. */
  readonly spool?: () => SpoolStatus;
  /** Completes when everything that was appended is as safe as it will be and the journals belong to nobody. */
  close(): Observable<never>;
}
