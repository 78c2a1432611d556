import { chunkName } from '../journal/chunkName.js';
import { GrowingBytes } from '../journal/growingBytes.js';
import type { Fate } from '../journal/growingChunk.js';
import { Growth } from '../journal/growth.js';
import type { Ending, Recovered } from '../journal/sessionJournal.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { Asked, StreamKind } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { Gap } from '../model/gap.js';
import type { SessionId } from '../model/identifiers.js';
import type { Problem } from '../model/problem.js';
import type { SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { Owner } from './owner.js';
import type { LogEntry } from './recordShapes.js';
import { Spooled, type SpooledChunk } from './spooledChunk.js';
import { streamAfter, streamWith } from './streamAfter.js';

type Mention = Pick<SpooledChunk, 'chunk'> & Partial<Pick<SpooledChunk, 'time' | 'frames'>>;

/** What a session's records come to: how far it has come, and what of it is still here. Holds for any records, also for those that damage has left. */
export class SessionContents {
  /** What has no fate yet, by name, in the order it was accepted. */
  readonly undelivered = new Map<string, SpooledChunk>();
  /** What the platform refused for good. */
  readonly deadLetters = new Map<string, SpooledChunk>();
  /** Chunks of which something is needed here: no fate yet, refused, or still growing. */
  readonly #chunks = new Map<string, Spooled>();
  /** The last revision of those that are done with. */
  readonly #done = new Map<string, number>();
  /** Those that grow no more, and that only memory and the log have. */
  readonly #whole = new Set<string>();
  readonly #growth = new Growth();
  readonly #gaps: Gap[] = [];
  #hasGivenUp = false;
  #growsNoMore = false;
  /** Bytes of chunks in memory. */
  heldBytes = 0;
  /** Told of a chunk of which nothing is needed here any more. */
  onDone: (spooled: Spooled) => void = () => {};
  asked: Asked | undefined;
  owner: Owner | undefined;
  ending: Ending | undefined;
  stream: Recovered['stream'];
  /** Why an earlier process stopped short. */
  lastProblem: Problem | undefined;
  startedAt: number | undefined;
  isClosed = false;
  isDurable = false;
  mayBeOrphaned = false;
  #report: SessionReport;

  constructor(
    readonly id: SessionId,
    kind: StreamKind = 'rheed',
  ) {
    this.#report = emptyReport(id, kind);
    this.#growth.isOver = kind === 'rheed';
  }

  /** One more record, said at that moment (host time, ms UTC). */
  add(said: LogEntry, at: number): void {
    this.startedAt ??= at;
    switch (said.type) {
      case 'owner':
        this.owner = said.owner;
        return;
      case 'accepted':
        this.#accept(said, at);
        return;
      case 'durable':
        if (said.file !== undefined) this.hasFile(said.chunk, said.file, said.bytes, at);
        return;
      case 'body':
        this.#hasBody(said, at);
        return;
      case 'delivered':
      case 'lost':
      case 'rejected':
      case 'retried':
        this.#settle(said, at);
        return;
      default:
        this.#learn(said);
        this.#fold(said);
    }
  }

  /** Nothing more is accepted, nor on its way into the log: what was accepted before an `ending` may stand there after it. */
  growNoMore(): void {
    this.#growsNoMore = true;
    this.#growth.isOver = true;
    for (const name of [...this.#chunks.keys()]) this.#isWhole(name);
  }

  chunk(chunk: ChunkRef): Spooled | undefined {
    return this.#chunks.get(chunkName(chunk));
  }

  /** The oldest chunk that grows no more, and that only memory and the log have. */
  get oldestWhole(): Spooled | undefined {
    const [name] = this.#whole;
    return name === undefined ? undefined : this.#chunks.get(name);
  }

  /** A chunk's bytes are in a file, which also knows its time when no record does. */
  hasFile(chunk: ChunkRef, file: string, bytes: number, at: number, time?: ChunkTime): void {
    const spooled = this.#accept({ chunk, ...(time === undefined ? {} : { time }) }, at);
    if (spooled === undefined || spooled.isSettled) return;
    spooled.isInFile(file, bytes);
    spooled.keptElsewhere(chunk);
    spooled.time = time ?? spooled.time;
    this.isDurable = true;
    this.#whole.delete(chunkName(chunk));
    this.#show(chunk, spooled);
  }

  /** A file that no record speaks of holds a chunk. Returns whether the chunk was in need of it. */
  adopt(chunk: ChunkRef, time: ChunkTime, file: string, bytes: number, at: number): boolean {
    const spooled = this.#accept({ chunk, time }, at);
    if (spooled === undefined || spooled.isSettled || spooled.file !== undefined) return false;
    if (chunk.revision <= spooled.keptRevision) return false;
    this.hasFile(chunk, file, bytes, at, time);
    return true;
  }

  /** A chunk's file is gone, although a record speaks of it. */
  hasNoFile(chunk: ChunkRef): void {
    const spooled = this.chunk(chunk);
    if (spooled === undefined) return;
    spooled.file = undefined;
    this.heldBytes -= spooled.body.byteLength;
    spooled.isNotElsewhere();
    this.heldBytes += spooled.body.byteLength;
    this.#show(chunk, spooled);
  }

  /** Lets go of what files have, and of what cameras told of their frames: that of an outage of days would fill the memory. */
  shed(): void {
    for (const [name, spooled] of this.#chunks) {
      spooled.frames = undefined;
      if (spooled.file !== undefined) this.letGo(spooled);
      show(this.undelivered, name, spooled.undelivered);
      show(this.deadLetters, name, spooled.deadLetter);
    }
  }

  /** A file has a chunk's bytes. */
  letGo(spooled: Spooled): void {
    this.heldBytes -= spooled.body.byteLength;
    spooled.body = new GrowingBytes();
  }

  /** What its records come to. The lists are made when somebody asks: with each record of many they would take minutes. */
  get report(): SessionReport {
    const deadLetters = [...this.deadLetters.values()].flatMap(({ chunk, problem }) =>
      problem === undefined ? [] : { chunk, problem },
    );
    return { ...this.#report, gaps: [...this.#gaps], deadLetters };
  }

  /** Bytes of the disk that its chunks take. */
  get bytes(): number {
    return [...this.#chunks.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether nothing is left to do with the session, nor to ask its user. */
  get isDone(): boolean {
    const failedToBegin = this.#hasGivenUp && !this.isDurable && this.stream?.isEndAsked !== false;
    return (this.isClosed || failedToBegin) && this.undelivered.size === 0 && this.deadLetters.size === 0;
  }

  #fold(record: SessionRecord): void {
    const { gaps, ...report } = addToReport(this.#report, record);
    this.#gaps.push(...gaps);
    this.#report = { ...report, gaps: [], deadLetters: [] };
  }

  /** A chunk is counted as offered at its first mention: damage may have taken the record of its acceptance. */
  #accept({ chunk, time, frames }: Mention, at: number): Spooled | undefined {
    const name = chunkName(chunk);
    const known = this.#chunks.get(name);
    if (known === undefined && chunk.revision <= (this.#done.get(name) ?? -1)) return undefined;
    const spooled = known ?? new Spooled(chunk);
    if (!spooled.accept(chunk, at)) return spooled;
    spooled.time ??= time;
    spooled.frames ??= frames;
    this.#chunks.set(name, spooled);
    this.#isWhole(this.#growth.accept(chunk) ?? '');
    this.#foldAccepted(chunk, chunk.items);
    this.#show(chunk, spooled);
    return spooled;
  }

  #hasBody({ chunk, time, dims, bytes }: Extract<LogEntry, { type: 'body' }>, at: number): void {
    const spooled = this.#accept({ chunk, time }, at);
    if (spooled?.keep(chunk, [bytes], dims) !== true) return;
    spooled.time ??= time;
    this.heldBytes += bytes.byteLength;
    this.isDurable = true;
    if (!this.#growth.includes(chunk)) this.#isWhole(chunkName(chunk));
    this.#show(chunk, spooled);
  }

  #settle(said: Fate | Extract<SessionRecord, { type: 'retried' }>, at: number): void {
    const { chunk } = said;
    const spooled = this.chunk(chunk) ?? this.#accept({ chunk }, at);
    if (spooled === undefined) return;
    if (said.type === 'retried' || spooled.isNoLongerRefused(said)) this.#retry(spooled, at);
    if (said.type !== 'retried') this.#take(said, spooled);
    this.#show(chunk, spooled);
  }

  #retry(spooled: Spooled, at: number): void {
    const chunk = spooled.retry(at);
    if (chunk === undefined) return;
    spooled.problem = undefined;
    this.isClosed = false;
    this.#fold({ type: 'retried', chunk });
  }

  #take(said: Fate, spooled: Spooled): void {
    const { chunk } = said;
    const taken = spooled.settle(said);
    if (said.type === 'delivered' && this.#report.kind === 'timeseries') this.stream = streamWith(this.stream, said);
    if (taken === undefined) return;
    if (said.type === 'rejected') spooled.problem = said.problem;
    if (taken.unheard > 0) this.#foldAccepted(chunk, taken.unheard);
    this.#fold({ ...said, chunk: { ...chunk, items: taken.items } });
  }

  /** Brings the lists up to date. A chunk with nothing left to do leaves them all. */
  #show(chunk: ChunkRef, spooled: Spooled): void {
    const name = chunkName(chunk);
    const { undelivered, deadLetter } = spooled;
    if (undelivered?.acceptedAt !== this.undelivered.get(name)?.acceptedAt) this.undelivered.delete(name); // goes to the end
    show(this.undelivered, name, undelivered);
    show(this.deadLetters, name, deadLetter);
    if (spooled.isSettled && !this.#growth.includes(chunk)) this.#forget(name, spooled);
  }

  #forget(name: string, spooled: Spooled): void {
    this.#chunks.delete(name);
    this.#whole.delete(name);
    this.#done.set(name, spooled.revision);
    this.heldBytes -= spooled.body.byteLength;
    this.onDone(spooled);
  }

  #isWhole(name: string): void {
    const spooled = this.#chunks.get(name);
    if (spooled === undefined) return;
    spooled.body.fit();
    if (spooled.isSettled) this.#forget(name, spooled);
    else if (spooled.file === undefined && spooled.body.byteLength > 0) this.#whole.add(name);
  }

  #foldAccepted(chunk: ChunkRef, items: number): void {
    this.#fold({ type: 'accepted', chunk: { ...chunk, items }, time: { startMs: 0, timeBase: 'host' } });
  }

  #learn(said: Exclude<SessionRecord, { readonly chunk: ChunkRef }>): void {
    this.stream = streamAfter(this.stream, said);
    switch (said.type) {
      case 'asked':
        this.asked = said.asked;
        this.#report = { ...this.#report, kind: said.asked.kind };
        this.#growth.isOver = said.asked.kind === 'rheed' || this.#growsNoMore;
        break;
      case 'intent':
        this.mayBeOrphaned ||= said.step === 'create';
        break;
      case 'created':
      case 'opened':
      case 'notCreated':
      case 'orphaned':
        this.mayBeOrphaned = false;
        break;
      case 'ending':
        this.ending = said;
        break;
      case 'closed':
        this.isClosed = true;
        break;
      case 'gaveUp':
        this.#hasGivenUp = true;
        this.lastProblem = said.problem;
        break;
      case 'gap':
      case 'linkRefused':
        break;
    }
  }
}

const show = (list: Map<string, SpooledChunk>, name: string, shown: SpooledChunk | undefined): void => {
  if (shown === undefined) list.delete(name);
  else list.set(name, shown);
};
