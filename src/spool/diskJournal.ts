import { setMaxListeners } from 'node:events';
import { defer, EMPTY, firstValueFrom, from, map, merge, mergeMap, type Observable, of, race, Subject } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { waitOf } from '../flow/waitOf.js';
import { backlogOf } from '../journal/backlogOf.js';
import { chunkName } from '../journal/chunkName.js';
import type { Backlog, Ending, Pending, Recovered, SessionJournal, Undelivered } from '../journal/sessionJournal.js';
import { Telling } from '../journal/telling.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { SessionId } from '../model/identifiers.js';
import { type Problem, toProblem } from '../model/problem.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { completionOf } from './completionOf.js';
import { HotBody } from './hotBody.js';
import { SessionContents, type SpooledChunk } from './sessionContents.js';
import type { SessionDirectory } from './sessionDirectory.js';
import type { Space } from './space.js';
import { UnderWay } from './underWay.js';

/** What a journal on disk is made of. */
export interface DiskJournalParts {
  readonly directory: SessionDirectory;
  readonly space: Space;
  readonly clock: Clock;
  /** What earlier processes left. */
  readonly found?: SessionContents;
  /** What of it could not be read, and is set aside. */
  readonly damage?: readonly Problem[];
  /** Somebody asked for the session to be sent again. */
  readonly mayContinue?: boolean;
}

/** Records that delivery waits for, or that are a session's last: a sync of their own. The others share one. */
const URGENT: ReadonlySet<SessionRecord['type']> = new Set(['intent', 'created', 'opened', 'closed', 'gaveUp']);

/** Bodies up to here are kept inside the log, so many bytes of them at a time. */
const SMALL_BYTES = 8 * 1024;
const MOST_SMALL_BYTES = 16 * 1024 * 1024;

/** How long a session that is over waits for a disk that refuses, ms. */
const PATIENCE_MS = 5000;

/** A session's journal on disk: a promise outlives the process, and with `durability: 'power-loss'` the power. */
export class DiskJournal implements SessionJournal {
  readonly promises = 'durable';
  readonly id: SessionId;
  readonly events$: Observable<SessionEvent>;
  readonly ending$: Observable<Ending>;
  readonly pending$: Observable<Pending>;
  readonly recovered?: Recovered;
  /** Resolves when the session is over, all of it is on the disk, and its directory is nobody's any more. */
  readonly released: Promise<void>;
  readonly #release: () => void;
  readonly #telling: Telling;
  readonly #contents: SessionContents;
  readonly #added$ = new Subject<Pending>();
  /** Chunks on their way to the disk; and off it, which nothing waits for but the end of the session's directory. */
  readonly #keeping = new UnderWay();
  readonly #removing = new UnderWay();
  readonly #left = new AbortController();
  #smallBytes = 0;
  /** The last that was handed out before memory was free of it. */
  #hot: HotBody | undefined;
  #over = false;

  constructor(
    readonly asked: Asked,
    private readonly parts: DiskJournalParts,
  ) {
    const { directory, clock, found, damage = [], mayContinue = false } = parts;
    this.id = directory.id;
    setMaxListeners(0, this.#left.signal); // on a full spool every chunk waits; that is no leak to be warned of
    this.#contents = found ?? new SessionContents(this.id);
    this.#telling = new Telling(this.id, clock);
    this.events$ = this.#telling.events$;
    this.ending$ = this.#telling.ending$;
    this.pending$ = defer(() =>
      merge(
        this.#added$,
        from([...this.#contents.undelivered.values()].flatMap((spooled) => this.#pendingOf(spooled))),
      ),
    );
    found?.forgetFrames();
    if (found !== undefined) this.recovered = recoveredFrom(found, damage, mayContinue);
    if (found?.ending !== undefined) this.#hasEnded(found.ending);
    let release = () => {};
    this.released = new Promise((resolve) => {
      release = resolve;
    });
    this.#release = release;
    directory.onTrouble = (error, inMs) =>
      this.notify({ type: 'retrying', step: 'spool', inMs, problem: toProblem(error) });
  }

  get isDurable(): boolean {
    return this.#contents.isDurable;
  }

  append(record: SessionRecord): Observable<never> {
    if (this.#over) return EMPTY; // a chunk that was being encoded as the session gave up
    this.#over = record.type === 'closed' || record.type === 'gaveUp';
    const at = this.parts.clock.wallMs();
    const spooled = 'chunk' in record ? this.#contents.undelivered.get(chunkName(record.chunk)) : undefined;
    this.#contents.add(withoutFrames(record), at);
    const safe = this.parts.directory.append(record, at, URGENT.has(record.type) ? 'now' : 'soon');
    this.#telling.tell(record);
    if (spooled !== undefined && !this.#contents.undelivered.has(chunkName(spooled.chunk)))
      this.#settle(record, spooled, safe);
    if (record.type === 'ending') void this.#keeping.over().then(() => this.#added$.complete());
    if (this.#over) void this.#leave();
    return completionOf(safe);
  }

  notify(notice: SessionNotice): void {
    this.#telling.tell(notice);
  }

  keep(chunk: ChunkRef, body: EncodedChunk): Observable<never> {
    const hot = new HotBody(body);
    // A disk that refused to the last: whoever takes the session over names the chunk as lost.
    this.#keeping.add(this.#keep(chunk, body, hot).catch(() => {}));
    return hot.gone$;
  }

  undelivered(): readonly Undelivered[] {
    return [...this.#contents.undelivered.values()].map(({ chunk, acceptedAt, file, body }) => ({
      chunk,
      acceptedAt,
      isKept: file !== undefined || body !== undefined,
    }));
  }

  /** Bytes of the disk that its chunks take. */
  get bytes(): number {
    return this.#contents.bytes;
  }

  backlog(): Backlog {
    return backlogOf(this.#contents.undelivered);
  }

  report(): SessionReport {
    return this.#contents.report;
  }

  /** The process ends before the session does: what was appended is made safe, the rest is for the next one. */
  async leave(): Promise<void> {
    if (!this.#over) {
      this.#over = true;
      await this.#leave();
    }
    return this.released;
  }

  async #keep(chunk: ChunkRef, body: EncodedChunk, hot: HotBody): Promise<void> {
    try {
      if (!(await this.#write(chunk, body))) return;
      this.#telling.tell({ type: 'durable', chunk, bytes: body.byteLength });
      const kept = this.#contents.undelivered.get(chunkName(chunk));
      if (kept !== undefined) this.#handOut(kept, hot);
    } finally {
      hot.letGo();
    }
  }

  /** An attempt that begins at once need not read back; one chunk at a time, so that a slow platform holds no more of the memory. */
  #handOut(kept: SpooledChunk, body: HotBody): void {
    const isNext = this.#hot?.isGone ?? true;
    if (isNext) this.#hot = body;
    for (const pending of this.#pendingOf(kept, isNext ? body : undefined)) this.#added$.next(pending);
  }

  /** Durable comes first: its file, with its name and its directory's, then its record. Only then is it told, and handed out. */
  async #write(chunk: ChunkRef, body: EncodedChunk): Promise<boolean> {
    const { space, clock } = this.parts;
    const time = this.#contents.undelivered.get(chunkName(chunk))?.time;
    const bytes = body.byteLength;
    if (time === undefined || !(await space.take(bytes, this.#left.signal))) return false;
    const isSmall = bytes <= SMALL_BYTES && this.#smallBytes + bytes <= MOST_SMALL_BYTES;
    await (isSmall ? this.#writeSmall : this.#writeFile).call(this, chunk, time, body, clock.wallMs());
    return true;
  }

  async #writeFile(chunk: ChunkRef, time: ChunkTime, body: EncodedChunk, at: number): Promise<void> {
    const { directory, space } = this.parts;
    const bytes = body.byteLength;
    const { file, crc } = await directory.keep(chunk, time, body);
    space.written(bytes);
    if (!this.#contents.undelivered.has(chunkName(chunk))) return this.#remove(file, bytes); // lost in the meantime
    await directory.append({ type: 'durable', chunk, bytes, file, crc }, at, 'now');
    this.#contents.hasFile(chunk, file, bytes, at);
  }

  /** A file for each would cost more than the bytes: they go into the log, and stay in memory while they wait. */
  async #writeSmall(chunk: ChunkRef, time: ChunkTime, body: EncodedChunk, at: number): Promise<void> {
    const { directory, space } = this.parts;
    const { dims, byteLength } = body;
    const said = { type: 'body', chunk, time, dims, bytes: Buffer.concat(body.parts) } as const;
    this.#smallBytes += byteLength;
    await directory.append(said, at, 'now');
    space.written(byteLength);
    this.#contents.add(said, at);
  }

  #pendingOf({ chunk, time, file, body }: SpooledChunk, hot?: HotBody): readonly Pending[] {
    if (time === undefined) return [];
    if (body !== undefined) return [{ chunk, time, body: () => of(encodedOf(body.bytes, body.dims)) }];
    if (file === undefined) return [];
    return [{ chunk, time, body: () => this.#bodyOf(file, hot) }];
  }

  /** From memory while it is there, else read back; a subscriber who has left takes nothing. */
  #bodyOf(file: string, hot: HotBody | undefined): Observable<EncodedChunk> {
    const read$ = defer(() => this.parts.directory.read(file)).pipe(
      map((read) => encodedOf(read.body, read.header.dims)),
    );
    return of(hot).pipe(
      map((taken) => taken?.take()),
      mergeMap((body) => (body === undefined ? read$ : of(body))),
    );
  }

  /** A chunk that has its fate leaves the disk, once that is recorded; a dead letter stays, and what is damaged is set aside. */
  #settle({ type }: SessionRecord, { file, body, bytes }: SpooledChunk, recorded: Promise<void>): void {
    if (type === 'rejected') return;
    if (body !== undefined) this.#smallBytes -= bytes;
    if (file === undefined) this.parts.space.give(bytes);
    else if (type === 'delivered') this.#removing.add(recorded.then(() => this.#remove(file, bytes)));
    else if (type === 'lost') this.#removing.add(recorded.then(() => this.parts.directory.quarantine(file)));
  }

  async #remove(file: string, bytes: number): Promise<void> {
    await this.parts.directory.remove(file);
    this.parts.space.give(bytes);
  }

  #hasEnded(ending: Ending): void {
    this.#telling.hasEnded(ending);
    this.#added$.complete();
  }

  async #leave(): Promise<void> {
    this.#left.abort();
    const done = this.#keeping.over().then(() => this.#removing.over());
    await firstValueFrom(race(from(done), waitOf(PATIENCE_MS, this.parts.clock.scheduler)));
    await this.parts.directory.leave(this.#contents.isDone);
    this.#release();
  }
}

/** What a camera told of its frames stands in the log, and nothing here needs it. */
const withoutFrames = (record: SessionRecord): SessionRecord => {
  if (record.type !== 'accepted') return record;
  const { frames: _, ...known } = record;
  return known;
};

const recoveredFrom = (
  { mayBeOrphaned, stream }: SessionContents,
  damage: readonly Problem[],
  mayContinue: boolean,
): Recovered => ({
  mayBeOrphaned,
  damage,
  mayContinue,
  ...(stream === undefined ? {} : { stream }),
});

const encodedOf = (bytes: Uint8Array, dims: readonly number[]): EncodedChunk => ({
  parts: [bytes],
  byteLength: bytes.byteLength,
  dims,
  release: () => {},
});
