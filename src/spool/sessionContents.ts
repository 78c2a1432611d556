import { chunkName } from '../journal/chunkName.js';
import type { Ending, Recovered } from '../journal/sessionJournal.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { Asked } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { FrameInfo } from '../model/frame.js';
import type { Gap } from '../model/gap.js';
import type { SessionId } from '../model/identifiers.js';
import type { Problem } from '../model/problem.js';
import type { SessionRecord } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import type { Owner } from './owner.js';
import type { LogEntry } from './recordShapes.js';

/** A chunk that was accepted, and is not on the platform. */
export interface SpooledChunk {
  readonly chunk: ChunkRef;
  readonly time?: ChunkTime;
  readonly frames?: readonly FrameInfo[];
  /** Host time, ms UTC. */
  readonly acceptedAt: number;
  /** Where its bytes are; absent when they are small, when it never became durable, or when its file is gone. */
  readonly file?: string;
  /** A small body, as the log has it. */
  readonly body?: { readonly dims: readonly number[]; readonly bytes: Uint8Array };
  /** Bytes of the disk that it takes. */
  readonly bytes: number;
  /** Why the platform refused it: a dead letter. */
  readonly problem?: Problem;
}

type Mention = Pick<SpooledChunk, 'chunk'> & Partial<SpooledChunk>;

/** What a session's records come to: how far it has come, and what of it is still here. Holds for any records, also for those that damage has left. */
export class SessionContents {
  /** What has no fate yet, by name, in the order it was accepted. */
  readonly undelivered = new Map<string, SpooledChunk>();
  /** What the platform refused for good. */
  readonly deadLetters = new Map<string, SpooledChunk>();
  readonly #seen = new Set<string>();
  readonly #gaps: Gap[] = [];
  #hasGivenUp = false;
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

  constructor(readonly id: SessionId) {
    this.#report = emptyReport(id, 'rheed');
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
        this.#settle(said, at);
        return;
      case 'rejected':
      case 'retried':
        this.#move(said, at);
        return;
      default:
        this.#learn(said);
        this.#fold(said);
    }
  }

  /** A chunk's bytes are in a file, which also knows its time when no record does. */
  hasFile(chunk: ChunkRef, file: string, bytes: number, at: number, time?: ChunkTime): void {
    this.#has({ chunk, file, bytes, ...(time === undefined ? {} : { time }) }, at);
  }

  /** A file that no record speaks of holds a chunk. Returns whether the chunk was in need of it. */
  adopt(chunk: ChunkRef, time: ChunkTime, file: string, bytes: number, at: number): boolean {
    this.#accept({ chunk, time }, at);
    const name = chunkName(chunk);
    const home = this.deadLetters.has(name) ? this.deadLetters : this.undelivered;
    const spooled = home.get(name);
    if (spooled === undefined || spooled.file !== undefined || spooled.body !== undefined) return false;
    this.isDurable = true;
    home.set(name, { ...spooled, time, file, bytes });
    return true;
  }

  /** A chunk's file is gone, although a record speaks of it. */
  hasNoFile(chunk: ChunkRef): void {
    const spooled = this.undelivered.get(chunkName(chunk));
    if (spooled === undefined) return;
    const { file: _, ...rest } = spooled;
    this.undelivered.set(chunkName(chunk), { ...rest, bytes: 0 });
  }

  /** Lets go of what a camera told of its frames: the log has it, and that of an outage of days would fill the memory. */
  forgetFrames(): void {
    for (const chunks of [this.undelivered, this.deadLetters])
      for (const [name, { frames: _, ...spooled }] of chunks) chunks.set(name, spooled);
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
    return [...this.undelivered.values(), ...this.deadLetters.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether nothing is left to do with the session, nor to ask its user. */
  get isDone(): boolean {
    const { stream } = this;
    const failedToBegin = this.#hasGivenUp && !this.isDurable && (stream === undefined || stream.isEndAsked);
    return (this.isClosed || failedToBegin) && this.undelivered.size === 0 && this.deadLetters.size === 0;
  }

  #fold(record: SessionRecord): void {
    const { gaps, ...report } = addToReport(this.#report, record);
    this.#gaps.push(...gaps);
    this.#report = { ...report, gaps: [], deadLetters: [] };
  }

  /** A chunk is counted as offered at its first mention: damage may have taken the record of its acceptance. */
  #accept({ chunk, time, frames }: Mention, at: number): void {
    const name = chunkName(chunk);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const known = { ...(time === undefined ? {} : { time }), ...(frames === undefined ? {} : { frames }) };
    this.undelivered.set(name, { chunk, ...known, acceptedAt: at, bytes: 0 });
    this.#fold({ type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } });
  }

  #hasBody({ chunk, time, dims, bytes }: Extract<LogEntry, { type: 'body' }>, at: number): void {
    this.#has({ chunk, time, body: { dims, bytes }, bytes: bytes.byteLength }, at);
  }

  #has(kept: Mention & Pick<SpooledChunk, 'bytes'>, at: number): void {
    this.#accept(kept, at);
    const spooled = this.undelivered.get(chunkName(kept.chunk));
    if (spooled === undefined) return;
    this.isDurable = true;
    this.undelivered.set(chunkName(kept.chunk), { ...spooled, ...kept });
  }

  #settle(said: Extract<SessionRecord, { type: 'delivered' | 'lost' }>, at: number): void {
    this.#accept({ chunk: said.chunk }, at);
    if (this.undelivered.delete(chunkName(said.chunk))) this.#fold(said);
  }

  #move(said: Extract<SessionRecord, { type: 'rejected' | 'retried' }>, at: number): void {
    this.#accept({ chunk: said.chunk }, at);
    const name = chunkName(said.chunk);
    const [from, to] =
      said.type === 'rejected' ? [this.undelivered, this.deadLetters] : [this.deadLetters, this.undelivered];
    const spooled = from.get(name);
    if (spooled === undefined) return;
    from.delete(name);
    const { problem: _, ...rest } = spooled;
    to.set(name, said.type === 'rejected' ? { ...rest, problem: said.problem } : rest);
    this.#fold(said);
    if (said.type === 'retried') this.isClosed = false;
  }

  #learn(said: Exclude<SessionRecord, { readonly chunk: ChunkRef }>): void {
    switch (said.type) {
      case 'asked':
        this.asked = said.asked;
        break;
      case 'intent':
        if (said.step === 'create') this.mayBeOrphaned = true;
        else if (this.stream !== undefined) this.stream = { ...this.stream, isEndAsked: true };
        break;
      case 'created':
      case 'opened': {
        const { firstIndex = 0 } = said;
        const isOpened = said.type === 'opened';
        this.mayBeOrphaned = false;
        this.stream = { dataId: said.dataId, firstIndex, isOpened, isEndAsked: false, isEnded: false };
        break;
      }
      case 'notCreated':
      case 'orphaned':
        this.mayBeOrphaned = false;
        break;
      case 'ending':
        this.ending = said;
        break;
      case 'closed':
        this.isClosed = true;
        if (this.stream !== undefined) this.stream = { ...this.stream, isEnded: true };
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
