import { firstValueFrom, type Observable, toArray } from 'rxjs';
import { takeOver } from '../../src/delivery/takeOver.js';
import type { Pending, Recovered, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';

/** How sure a session's user may be of something: it was said, or the journal has answered for it. */
type Sure = 'said' | 'safe';

const ITEMS = 2;
const STREAM = 'stream-1' as DataId;

/** A session as its user knows it, over all the processes that had it: what was promised must hold in the next. */
export class ModelSession {
  readonly wrong: string[] = [];
  readonly #sizes: number[] = [];
  /** Told to be durable: a promise. */
  readonly #durable = new Set<number>();
  /** Handed out to be delivered. */
  readonly #kept = new Set<number>();
  /** Delivered, rejected or lost. */
  readonly #settled = new Map<number, Sure>();
  readonly #steps = new Map<string, Sure>();
  /** What a process says after its death is heard by nobody. */
  #life = 0;
  isOver = false;

  constructor(public journal: SessionJournal) {
    this.#listen();
    this.#say({ type: 'asked', asked: journal.asked }, 'asked');
  }

  get id(): string {
    return this.journal.id;
  }

  /** Whether the next process has to find it. */
  get mustBeFound(): boolean {
    return !this.#steps.has('closed') && (this.#durable.size > 0 || [...this.#steps.values()].includes('safe'));
  }

  get mustNotBeFound(): boolean {
    return this.#steps.get('closed') === 'safe';
  }

  /** The next chunk, large or small enough for the log. */
  accept(bytes: number): void {
    if (this.isOver || this.#steps.has('ending')) return;
    const chunk = this.#chunk(this.#sizes.length);
    this.#sizes.push(bytes);
    this.#append({ type: 'accepted', chunk, time: { startMs: 1000 * chunk.index, timeBase: 'host' } });
    this.journal.keep(chunk, this.#body(chunk.index)).subscribe({ error: () => {} });
  }

  /** One of those that wait, as delivery would: once it is durable. */
  deliver(nth: number): void {
    const waiting = [...this.#kept].filter((index) => !this.#settled.has(index));
    const index = waiting[nth % waiting.length];
    if (this.isOver || index === undefined) return;
    this.#settled.set(index, 'said');
    this.#append({ type: 'delivered', chunk: this.#chunk(index), to: STREAM, as: index }, () =>
      this.#settled.set(index, 'safe'),
    );
  }

  deliverAll(): void {
    for (const _ of this.#kept) this.deliver(0);
  }

  /** The next step of a session's life; it ends only when all is delivered. */
  goOn(): void {
    if (this.isOver) return;
    const isDelivered = this.#sizes.every((_, index) => this.#settled.has(index));
    if (!this.#steps.has('intent create') && !this.#steps.has('created'))
      this.#say({ type: 'intent', step: 'create' }, 'intent create');
    else if (!this.#steps.has('created')) this.#say({ type: 'created', dataId: STREAM }, 'created');
    else if (!this.#steps.has('opened')) this.#say({ type: 'opened', dataId: STREAM }, 'opened');
    else if (!this.#steps.has('ending')) this.#say({ type: 'ending', outcome: 'complete' }, 'ending');
    else if (isDelivered && !this.#steps.has('intent end')) this.#say({ type: 'intent', step: 'end' }, 'intent end');
    else if (isDelivered) this.#close();
  }

  #close(): void {
    this.isOver = true;
    const report = { ...this.journal.report(), ended: true };
    this.#say({ type: 'closed', dataId: STREAM, report }, 'closed');
  }

  /** Its process is gone. */
  die(): void {
    this.#life++;
    this.isOver = true;
  }

  /**
   * Another process has found it: all that was promised is there, and nothing that was not said. What it hands out is a promise as
   * well, unless a disk that had refused a sync before still shows what it has dropped.
   */
  async found(journal: SessionJournal, sure: Sure): Promise<void> {
    const { recovered } = journal;
    // What a process did upon what it only found is forgotten with that.
    const isSafe = (...steps: string[]) => steps.every((step) => this.#steps.get(step) === 'safe');
    const undelivered = new Map(journal.undelivered().map(({ chunk, isKept }) => [chunk.index, isKept]));
    const report = journal.report();
    this.#expect(!this.mustNotBeFound, 'it was closed, and is found again');
    this.#expect(JSON.stringify(journal.asked) === JSON.stringify(this.journal.asked), 'something else was asked');
    for (const index of this.#durable)
      this.#expect(this.#settled.has(index) || undelivered.get(index) === true, `chunk ${index} was durable`);
    for (const [index, sure] of this.#settled)
      this.#expect(sure === 'said' || !undelivered.has(index), `chunk ${index} was settled`);
    for (const index of undelivered.keys()) this.#expect(index < this.#sizes.length, `nobody said chunk ${index}`);
    this.#expect(!isSafe('created') || recovered?.stream?.dataId === STREAM, 'its stream is forgotten');
    this.#expect(!isSafe('created', 'opened') || recovered?.stream?.isOpened === true, 'its opening is forgotten');
    this.#expect(!isSafe('created', 'intent end') || recovered?.stream?.isEndAsked === true, 'its end was asked for');
    const mayBeOrphaned = isSafe('intent create') && !this.#steps.has('created');
    this.#expect(!mayBeOrphaned || recovered?.mayBeOrphaned === true, 'its orphan is forgotten');
    this.#expect(!isSafe('ending') || report.outcome === 'complete', 'its ending is forgotten');
    const { offered, delivered, kept, rejected, dropped, lost } = report;
    this.#expect(offered === delivered + kept + rejected + dropped + lost, 'its report does not add up');
    this.#expect(offered <= ITEMS * this.#sizes.length, 'more is said to be offered than was');
    const known = delivered / ITEMS + [...undelivered.values()].filter((isKept) => isKept).length;
    this.#expect(known >= this.#durable.size, 'of a durable chunk neither bytes nor delivery are known');
    await this.#takeOver(journal, sure);
  }

  /** Reads everything that waits, and goes on from what is known now. */
  async #takeOver(journal: SessionJournal, sure: Sure): Promise<void> {
    const undelivered = new Set(journal.undelivered().flatMap(({ chunk, isKept }) => (isKept ? chunk.index : [])));
    this.#kept.clear();
    for (let index = 0; index < this.#sizes.length; index++) {
      if (!undelivered.has(index))
        this.#settled.set(index, this.#settled.get(index) ?? 'said'); // lost
      else {
        this.#kept.add(index);
        this.#settled.delete(index);
        if (sure === 'safe') this.#durable.add(index);
      }
    }
    this.#learn(journal.recovered?.stream, sure);
    this.journal = journal;
    this.isOver = false;
    this.#listen();
    takeOver(journal);
    if (!this.#steps.has('ending')) this.#steps.set('ending', 'said');
    const pending = await firstValueFrom(journal.pending$.pipe(toArray()));
    for (const one of pending) await this.#read(one);
    this.#expect(pending.length === undelivered.size, `${pending.length} of ${undelivered.size} chunks are handed out`);
  }

  /** What the journal knows was said at least. */
  #learn(stream: Recovered['stream'], sure: Sure): void {
    const known = {
      created: stream !== undefined,
      opened: stream?.isOpened === true,
      'intent end': stream?.isEndAsked === true,
    };
    for (const [step, sure] of this.#steps) if (sure === 'said') this.#steps.delete(step);
    for (const [step, isKnown] of Object.entries(known))
      if (isKnown && !this.#steps.has(step)) this.#steps.set(step, sure);
    if (!known.created) this.#steps.delete('intent create'); // an orphan is told of, and another stream asked for
  }

  async #read({ chunk: { index }, body }: Pending): Promise<void> {
    const read = await firstValueFrom(body()).catch((error: Error) => error);
    const bytes = read instanceof Error ? Buffer.alloc(0) : Buffer.concat(read.parts);
    this.#expect(bytes.equals(this.#bytes(index)), `chunk ${index} has other bytes`);
  }

  #listen(): void {
    const life = this.#life;
    this.journal.events$.subscribe((event) => {
      if (event.type !== 'durable' || life !== this.#life) return;
      this.#durable.add(event.chunk.index);
      this.#kept.add(event.chunk.index);
    });
  }

  #say(record: SessionRecord, step: string): void {
    this.#steps.set(step, 'said');
    this.#append(record, () => this.#steps.set(step, 'safe'));
  }

  #append(record: SessionRecord, safe = () => {}): void {
    const life = this.#life;
    const appended: Observable<never> = this.journal.append(record);
    appended.subscribe({ complete: () => life === this.#life && safe(), error: () => {} });
  }

  #expect(holds: boolean, wrong: string): void {
    if (!holds) this.wrong.push(wrong);
  }

  #chunk(index: number): ChunkRef {
    return { index, revision: 0, items: ITEMS };
  }

  #bytes(index: number): Buffer {
    return Buffer.alloc(this.#sizes[index] ?? 0, `${this.id}/${index};`);
  }

  /** As an encoder lends it: overwritten when it is released. */
  #body(index: number): EncodedChunk {
    const bytes = this.#bytes(index);
    const half = bytes.byteLength >> 1;
    const parts = [bytes.subarray(0, half), bytes.subarray(half)];
    return { parts, byteLength: bytes.byteLength, dims: [ITEMS, 1, 1], release: () => bytes.fill(0xa5) };
  }
}
