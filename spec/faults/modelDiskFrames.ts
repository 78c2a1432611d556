import { firstValueFrom, toArray } from 'rxjs';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { ModelSession, STREAM, type Sure } from './modelDiskSession.js';

const ITEMS = 2;

/** A session of frames. */
export class ModelFrames extends ModelSession {
  readonly #sizes: number[] = [];
  /** Told to be durable: a promise. */
  readonly #durable = new Set<number>();
  /** Handed out to be delivered. */
  readonly #kept = new Set<number>();
  /** Delivered, rejected or lost. */
  readonly #settled = new Map<number, Sure>();

  protected get hasPromised(): boolean {
    return this.#durable.size > 0;
  }

  protected get isDelivered(): boolean {
    return this.#sizes.every((_, index) => this.#settled.has(index));
  }

  /** The next chunk, large or small enough for the log. */
  accept(bytes: number): void {
    if (this.isEnding) return;
    const chunk = chunkAt(this.#sizes.length);
    this.#sizes.push(bytes);
    this.append({ type: 'accepted', chunk, time: { startMs: 1000 * chunk.index, timeBase: 'host' } });
    this.journal.keep(chunk, this.#body(chunk.index)).subscribe({ error: () => {} });
  }

  deliver(nth: number): void {
    const waiting = [...this.#kept].filter((index) => !this.#settled.has(index));
    const index = waiting[nth % waiting.length];
    if (this.isOver || index === undefined) return;
    this.#settled.set(index, 'said');
    this.append({ type: 'delivered', chunk: chunkAt(index), to: STREAM, as: index }, () =>
      this.#settled.set(index, 'safe'),
    );
  }

  deliverAll(): void {
    for (const _ of this.#kept) this.deliver(0);
  }

  protected hear({ chunk: { index } }: { readonly chunk: ChunkRef }): void {
    this.#durable.add(index);
    this.#kept.add(index);
  }

  protected check(journal: SessionJournal): void {
    const undelivered = new Map(journal.undelivered().map(({ chunk, isKept }) => [chunk.index, isKept]));
    for (const index of this.#durable)
      this.expect(this.#settled.has(index) || undelivered.get(index) === true, `chunk ${index} was durable`);
    for (const [index, sure] of this.#settled)
      this.expect(sure === 'said' || !undelivered.has(index), `chunk ${index} was settled`);
    for (const index of undelivered.keys()) this.expect(index < this.#sizes.length, `nobody said chunk ${index}`);
    const { offered, delivered } = journal.report();
    this.expect(offered <= ITEMS * this.#sizes.length, 'more is said to be offered than was');
    const known = delivered / ITEMS + [...undelivered.values()].filter((isKept) => isKept).length;
    this.expect(known >= this.#durable.size, 'of a durable chunk neither bytes nor delivery are known');
  }

  protected async learn(journal: SessionJournal, sure: Sure): Promise<void> {
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
    await undefined; // it is ended by then
    const pending = await firstValueFrom(journal.pending$.pipe(toArray()));
    for (const one of pending) await this.#read(one);
    this.expect(pending.length === undelivered.size, `${pending.length} of ${undelivered.size} chunks are handed out`);
  }

  async #read({ chunk: { index }, body }: Pending): Promise<void> {
    const read = await firstValueFrom(body()).catch((error: Error) => error);
    const bytes = read instanceof Error ? Buffer.alloc(0) : Buffer.concat(read.parts);
    this.expect(bytes.equals(this.#bytes(index)), `chunk ${index} has other bytes`);
  }

  #bytes(index: number): Buffer {
    return Buffer.alloc(this.#sizes[index] ?? 0, `${this.id}/${index};`);
  }

  #body(index: number): EncodedChunk {
    return lent(this.#bytes(index), [ITEMS, 1, 1]);
  }
}

/** As an encoder lends it: overwritten when it is released. */
export const lent = (bytes: Buffer, dims: readonly number[]): EncodedChunk => {
  const half = bytes.byteLength >> 1;
  const parts = [bytes.subarray(0, half), bytes.subarray(half)];
  return { parts, byteLength: bytes.byteLength, dims, release: () => bytes.fill(0xa5) };
};

const chunkAt = (index: number): ChunkRef => ({ index, revision: 0, items: ITEMS });
