import { firstValueFrom, toArray } from 'rxjs';
import { chunkName } from '../../src/journal/chunkName.js';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import { lent } from './modelDiskFrames.js';
import { ModelSession, STREAM, type Sure } from './modelDiskSession.js';

const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };

interface Growing {
  readonly channel: string;
  readonly index: number;
  /** Bytes of each revision; one of that number has as many points as its place says, from 1. */
  readonly sizes: number[];
  /** The last revision that was told to be durable; by a promise, or only found. */
  promised: number;
  kept: number;
  /** The last revision that was delivered, as it was said, and for sure. */
  said: number;
  safe: number;
  /** Points that are to be delivered, of those kept; and those that the platform refused. */
  waiting: number;
  refused?: ChunkRef | undefined;
}

/** A session of two channels, whose chunks grow. */
export class ModelPoints extends ModelSession {
  readonly #chunks = new Map<string, Growing>();
  readonly #last = new Map<string, Growing>();

  protected get hasPromised(): boolean {
    return this.#all.some(({ promised }) => promised >= 0);
  }

  protected get isDelivered(): boolean {
    return this.#all.every(({ kept, sizes, waiting, refused }) => {
      return kept === sizes.length - 1 && waiting === 0 && refused === undefined;
    });
  }

  get #all(): readonly Growing[] {
    return [...this.#chunks.values()];
  }

  /** One more revision; the largest begin another chunk of its channel, and those of medium size are of the other channel. */
  accept(bytes: number): void {
    if (this.isEnding) return;
    const channel = bytes === 5000 ? 'As' : 'Ga';
    const last = this.#last.get(channel);
    const growing = last === undefined || (bytes === 9000 && last.sizes.length > 1) ? this.#begin(channel) : last;
    if (growing.refused !== undefined) this.#retry(growing, growing.refused);
    growing.sizes.push(bytes);
    const chunk = refOf(growing, growing.sizes.length - 1, growing.sizes.length);
    this.append({ type: 'accepted', chunk, time: { startMs: 1000 * growing.index, timeBase: 'host' } });
    this.journal.keep(chunk, lent(this.#bytes(growing, chunk.revision), [chunk.items])).subscribe({ error: () => {} });
  }

  /** Sometimes the platform refuses it. */
  deliver(nth: number): void {
    const waiting = this.#all.filter((growing) => growing.waiting > 0);
    const growing = waiting[nth % waiting.length];
    if (this.isOver || growing === undefined) return;
    if (growing.refused !== undefined) this.#retry(growing, growing.refused);
    const chunk = refOf(growing, growing.kept, growing.waiting);
    growing.waiting = 0;
    if (nth === 5) {
      growing.refused = chunk;
      this.append({ type: 'rejected', chunk, problem });
    } else {
      growing.said = chunk.revision;
      this.append({ type: 'delivered', chunk, to: STREAM, as: chunk.index }, () => {
        growing.safe = Math.max(growing.safe, chunk.revision);
      });
    }
  }

  deliverAll(): void {
    for (const growing of this.#all)
      if (growing.refused !== undefined && !this.isOver) this.#retry(growing, growing.refused);
    for (const _ of this.#all) this.deliver(0);
  }

  protected hear({ chunk }: { readonly chunk: ChunkRef }): void {
    const growing = this.#chunks.get(chunkName(chunk));
    if (growing === undefined) return;
    this.expect(chunk.revision === growing.kept + 1, 'a revision is durable before the one before it');
    growing.promised = chunk.revision;
    growing.kept = chunk.revision;
    growing.waiting += chunk.items;
  }

  protected check(journal: SessionJournal): void {
    const { offered, deadLetters } = journal.report();
    for (const growing of this.#all) {
      const { said, safe, promised, sizes } = growing;
      const name = chunkName(growing as never);
      const kept = journal.undelivered().filter(({ chunk, isKept }) => isKept && chunkName(chunk) === name);
      const refused = deadLetters.filter(({ chunk }) => chunkName(chunk) === name);
      const last = Math.max(safe, ...[...kept, ...refused].map(({ chunk }) => chunk.revision));
      const left = [...kept, ...refused].reduce((sum, { chunk }) => sum + chunk.items, 0);
      this.expect(kept.length + refused.length <= 2 && kept.length <= 1, `${name} is there more than once`);
      this.expect(last >= Math.min(promised, sizes.length - 1) || said >= promised, `${name}:${promised} was durable`);
      this.expect(last < sizes.length, `nobody said ${name}:${last}`);
      this.expect(left <= pointsTo(last) - pointsTo(safe), `${name}:${safe} was delivered`);
      this.expect(left >= pointsTo(last) - pointsTo(Math.max(said, safe)), `${name} has points without a fate`);
    }
    const accepted = this.#all.reduce((sum, { sizes }) => sum + pointsTo(sizes.length - 1), 0);
    this.expect(offered <= accepted, 'more is said to be offered than was');
  }

  protected async learn(journal: SessionJournal, sure: Sure): Promise<void> {
    for (const growing of this.#all) {
      const name = chunkName(growing as never);
      const kept = journal.undelivered().find(({ chunk, isKept }) => isKept && chunkName(chunk) === name)?.chunk;
      const refused = journal.report().deadLetters.find(({ chunk }) => chunkName(chunk) === name)?.chunk;
      const last = Math.max(kept?.revision ?? -1, refused?.revision ?? -1);
      growing.kept = last >= 0 ? last : Math.max(growing.said, growing.safe);
      growing.sizes.splice(growing.kept + 1); // what never was on the disk is gone
      growing.waiting = kept?.items ?? 0;
      growing.refused = refused;
      const left = (kept?.items ?? 0) + (refused?.items ?? 0);
      for (growing.said = growing.kept; pointsTo(growing.kept) - pointsTo(growing.said) < left; growing.said--);
      growing.promised = sure === 'safe' ? last : Math.min(growing.promised, last);
    }
    await undefined; // it is ended by then
    const pending = await firstValueFrom(journal.pending$.pipe(toArray()));
    for (const one of pending) await this.#read(one);
    const expected = this.#all.filter(({ waiting }) => waiting > 0).length;
    this.expect(pending.length === expected, `${pending.length} of ${expected} chunks are handed out`);
  }

  /** Somebody asks for it again, or more of it comes: all of its bytes must still be there. */
  #retry(growing: Growing, refused: ChunkRef): void {
    growing.refused = undefined;
    growing.waiting += refused.items;
    this.append({ type: 'retried', chunk: refused });
    const name = chunkName(refused);
    const isThere = this.journal.undelivered().some(({ chunk, isKept }) => isKept && chunkName(chunk) === name);
    this.expect(isThere, `${name} was refused, and is gone`);
    this.journal.pending$
      .subscribe((pending) => {
        if (chunkName(pending.chunk) === name && pending.chunk.revision === growing.kept) void this.#read(pending);
      })
      .unsubscribe();
  }

  /** Whole, to the byte: all of its revisions. */
  async #read({ chunk, body }: Pending): Promise<void> {
    const growing = this.#chunks.get(chunkName(chunk));
    if (growing === undefined) return this.expect(false, `nobody said ${chunkName(chunk)}`);
    const read = await firstValueFrom(body()).catch((error: Error) => error);
    const bytes = read instanceof Error ? Buffer.alloc(0) : Buffer.concat(read.parts);
    const all = growing.sizes.slice(0, chunk.revision + 1).map((_, revision) => this.#bytes(growing, revision));
    this.expect(bytes.equals(Buffer.concat(all)), `${chunkName(chunk)}:${chunk.revision} has other bytes`);
    this.expect(!('dims' in read) || read.dims[0] === pointsTo(chunk.revision), 'it has another number of points');
  }

  #begin(channel: string): Growing {
    const index = (this.#last.get(channel)?.index ?? -1) + 1;
    const growing = { channel, index, sizes: [], promised: -1, kept: -1, said: -1, safe: -1, waiting: 0 };
    this.#last.set(channel, growing);
    this.#chunks.set(`${channel}/${index}`, growing);
    return growing;
  }

  #bytes({ channel, index, sizes }: Growing, revision: number): Buffer {
    return Buffer.alloc(sizes[revision] ?? 0, `${this.id}/${channel}/${index}/${revision};`);
  }
}

const refOf = ({ channel, index }: Growing, revision: number, items: number): ChunkRef => {
  return { channel, index, revision, items };
};

/** Points in all revisions up to that: each has one more than the one before it. */
const pointsTo = (revision: number): number => ((revision + 1) * (revision + 2)) / 2;
