import { setMaxListeners } from 'node:events';
import { defer, EMPTY, firstValueFrom, from, merge, type Observable, race, Subject } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import { waitOf } from '../flow/waitOf.js';
import { backlogOf } from '../journal/backlogOf.js';
import type { Backlog, Ending, Pending, Recovered, SessionJournal, Undelivered } from '../journal/sessionJournal.js';
import { Telling } from '../journal/telling.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { SessionId } from '../model/identifiers.js';
import { type Problem, toProblem } from '../model/problem.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { ChunkMoves } from './chunkMoves.js';
import { completionOf } from './completionOf.js';
import { HotBody } from './hotBody.js';
import { pendingOf } from './pendingOf.js';
import { SessionContents } from './sessionContents.js';
import type { SessionDirectory } from './sessionDirectory.js';
import type { Space } from './space.js';
import { hasBody, type Spooled } from './spooledChunk.js';
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
  /** Bytes of chunks that stay in memory, because the log has them. Default 16 MiB. */
  readonly mostHeldBytes?: number | undefined;
}

/** Records that delivery waits for, or that are a session's last: a sync of their own. The others share one. */
const URGENT: ReadonlySet<SessionRecord['type']> = new Set(['intent', 'created', 'opened', 'closed', 'gaveUp']);

/** Frames up to here are kept inside the log, and points always: a file for each revision would cost more than its bytes. */
const SMALL_BYTES = 8 * 1024;
const MOST_HELD_BYTES = 16 * 1024 * 1024;

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
  readonly #mostHeldBytes: number;
  readonly #moves: ChunkMoves;
  /** Of small bodies on their way into the log. */
  #smallBytes = 0;
  /** What the last record has left nothing to do with. */
  readonly #done: Spooled[] = [];
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
    this.#mostHeldBytes = parts.mostHeldBytes ?? MOST_HELD_BYTES;
    this.#contents = found ?? new SessionContents(this.id, asked.kind);
    this.#contents.onDone = (spooled) => this.#done.push(spooled);
    this.#moves = new ChunkMoves(this.#contents, directory, clock, this.#mostHeldBytes);
    this.#telling = new Telling(this.id, clock);
    this.events$ = this.#telling.events$;
    this.ending$ = this.#telling.ending$;
    this.pending$ = defer(() =>
      merge(
        this.#added$,
        from(
          [...this.#contents.undelivered.values()].flatMap((spooled) =>
            hasBody(spooled) ? this.#pendingOf(spooled.chunk) : [],
          ),
        ),
      ),
    );
    found?.shed();
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

  /** Points become a record with their bytes: an acceptance of them alone is kept in memory only. */
  append(record: SessionRecord): Observable<never> {
    if (this.#over) return EMPTY; // a chunk that was being encoded as the session gave up
    this.#over = record.type === 'closed' || record.type === 'gaveUp';
    const at = this.parts.clock.wallMs();
    this.#contents.add(withoutFrames(record), at);
    if (record.type === 'ending') this.#contents.growNoMore();
    const safe = this.#isUntold(record) ? Promise.resolve() : this.parts.directory.append(record, at, whenOf(record));
    this.#telling.tell(record);
    for (const spooled of this.#done.splice(0)) this.#leaveDisk(record, spooled, safe);
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
    return [...this.#contents.undelivered.values()].flatMap((spooled) => {
      const { chunk, unkept, acceptedAt } = spooled;
      const known = { chunk, acceptedAt, isKept: hasBody(spooled) };
      return unkept === undefined ? known : [known, { chunk: unkept, acceptedAt, isKept: false }];
    });
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
      const [pending] = await this.#write(chunk, body, hot);
      if (pending === undefined) return;
      this.#telling.tell({ type: 'durable', chunk, bytes: body.byteLength });
      if (this.#contents.chunk(chunk) !== undefined) this.#added$.next(pending);
      this.#removing.add(this.#moves.look());
    } finally {
      hot.letGo();
    }
  }

  /** Durable comes first: its file, with its name and its directory's, then its record. Only then is it told, and handed out. */
  async #write(chunk: ChunkRef, body: EncodedChunk, hot: HotBody): Promise<readonly Pending[]> {
    const { space, clock } = this.parts;
    const time = this.#contents.chunk(chunk)?.time;
    const bytes = body.byteLength;
    if (time === undefined || !(await space.take(bytes, this.#left.signal))) return [];
    const held = this.#contents.heldBytes + this.#smallBytes;
    const isSmall = this.#grows || (bytes <= SMALL_BYTES && held + bytes <= this.#mostHeldBytes);
    return isSmall
      ? this.#writeSmall(chunk, time, body, clock.wallMs())
      : this.#writeFile(chunk, time, body, clock.wallMs(), hot);
  }

  async #writeFile(
    chunk: ChunkRef,
    time: ChunkTime,
    body: EncodedChunk,
    at: number,
    hot: HotBody,
  ): Promise<readonly Pending[]> {
    const { directory, space } = this.parts;
    const bytes = body.byteLength;
    const { file, crc } = await directory.keep(chunk, time, body);
    space.written(bytes);
    if (this.#contents.chunk(chunk) === undefined) {
      await this.#remove(file, bytes); // lost in the meantime
      return [];
    }
    await directory.append({ type: 'durable', chunk, bytes, file, crc }, at, 'now');
    this.#contents.hasFile(chunk, file, bytes, at);
    // An attempt that begins at once need not read back; one chunk at a time, so that a slow platform holds no more of the memory.
    const isNext = this.#hot?.isGone ?? true;
    if (isNext) this.#hot = hot;
    return this.#pendingOf(chunk, isNext ? hot : undefined);
  }

  /** Into the log, and into memory while it waits. */
  async #writeSmall(chunk: ChunkRef, time: ChunkTime, body: EncodedChunk, at: number): Promise<readonly Pending[]> {
    const { directory, space } = this.parts;
    const { dims, byteLength } = body;
    const { clock: _, ...begun } = time; // once a chunk is enough: without its beginning nothing of it is sent
    const bytes = Buffer.concat(body.parts);
    const said = { type: 'body', chunk, time: chunk.revision === 0 ? time : begun, dims, bytes } as const;
    this.#smallBytes += byteLength;
    await directory.append(said, at, 'now');
    this.#smallBytes -= byteLength;
    space.written(byteLength);
    this.#contents.add(said, at);
    const spooled = this.#contents.chunk(chunk);
    if (spooled?.keptRevision === chunk.revision) return this.#pendingOf(chunk);
    space.give(byteLength); // lost in the meantime
    return [];
  }

  #pendingOf(chunk: ChunkRef, hot?: HotBody): readonly Pending[] {
    return pendingOf(this.parts.directory, this.#contents.chunk(chunk), chunk, hot);
  }

  get #grows(): boolean {
    return this.asked.kind === 'timeseries';
  }

  #isUntold({ type }: SessionRecord): boolean {
    return this.#grows && type === 'accepted';
  }

  /** A chunk that has its fate leaves the disk, once that is recorded; what is damaged is set aside. */
  #leaveDisk({ type }: SessionRecord, { file, bytes }: Spooled, recorded: Promise<void>): void {
    const { space, directory } = this.parts;
    if (file === undefined) space.give(bytes);
    else
      this.#removing.add(
        recorded.then(() => (type === 'lost' ? directory.quarantine(file) : this.#remove(file, bytes))),
      );
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
    this.#moves.close();
    const done = this.#keeping.over().then(() => this.#removing.over());
    await firstValueFrom(race(from(done), waitOf(PATIENCE_MS, this.parts.clock.scheduler)));
    await this.parts.directory.leave(this.#contents.isDone);
    this.#release();
  }
}

const whenOf = ({ type }: SessionRecord) => (URGENT.has(type) ? 'now' : 'soon');

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
