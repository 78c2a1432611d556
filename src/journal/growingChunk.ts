import type { ChunkRef } from '../model/chunkRef.js';
import type { SessionRecord } from '../model/sessionEvent.js';
import { GrowingBytes } from './growingBytes.js';

/** What becomes of a chunk, or of what there is of it so far. */
export type Fate = Extract<SessionRecord, { readonly type: 'delivered' | 'rejected' | 'lost' }>;

/** What a fate takes. */
export interface Taken {
  /** Items that nothing was known of: damage has taken the record of their acceptance. */
  readonly unheard: number;
  /** All that it takes, those included. */
  readonly items: number;
}

/**
 * A chunk, all its revisions together: how many of its items have no fate yet, and the bytes of all of them, for a chunk is always sent
 * whole. Frames have one revision. Counts hold whatever is missing of what is said to it.
 */
export class GrowingChunk {
  body = new GrowingBytes();
  /** Of the body. */
  dims: readonly number[] = [];
  /** When the oldest without a fate was accepted, host time, ms UTC. */
  acceptedAt = 0;
  /** The last that is known; the last whose bytes are here, as all before it. */
  revision = -1;
  keptRevision = -1;
  /** Without a fate, and their bytes are here. */
  kept = 0;
  /** Why the platform would not take so many of it, up to that revision. */
  refused: (ChunkRef & { readonly kept: number }) | undefined;
  /** Without a fate, and their bytes are on their way; or damage has taken them, or those before them. */
  #unkept: ChunkRef[] = [];
  /** Of the body; a file may have had more. */
  #bodyRevision = -1;
  #lastAcceptedAt = 0;
  #delivered = -1;
  #lost = -1;

  get unkept(): number {
    return itemsOf(this.#unkept);
  }

  /** Every item has its fate. */
  get isSettled(): boolean {
    return this.kept + this.#unkept.length === 0 && this.refused === undefined;
  }

  /** Whether that was news. */
  accept(chunk: ChunkRef, at: number): boolean {
    if (chunk.revision <= this.revision) return false;
    if (this.kept + this.#unkept.length === 0) this.acceptedAt = at;
    this.#lastAcceptedAt = at;
    this.revision = chunk.revision;
    this.#unkept.push(chunk);
    return true;
  }

  /** Adds the bytes of a revision. Whether they have a place: what comes before them must be here, and nothing twice. */
  keep({ revision }: ChunkRef, parts: readonly Uint8Array[], dims: readonly number[]): boolean {
    if (revision !== this.keptRevision + 1 || !this.#unkept.some((one) => one.revision === revision)) return false;
    this.body.add(parts);
    this.#bodyRevision = revision;
    this.dims = dims.length === 1 ? [(this.dims[0] ?? 0) + (dims[0] ?? 0)] : dims;
    this.#isKept(revision);
    return true;
  }

  /** The bytes up to that revision are in a file. */
  keptElsewhere({ revision }: ChunkRef): void {
    if (revision > this.keptRevision) this.#isKept(revision);
    const { refused } = this;
    if (refused !== undefined && refused.revision <= revision) this.refused = { ...refused, kept: refused.items };
  }

  /** That file is gone. What memory has of it must be all of it: points that come after a hole would stand in the wrong places. */
  isNotElsewhere(): void {
    if (this.body.byteLength > 0 && this.#bodyRevision === this.keptRevision) return;
    this.body = new GrowingBytes();
    if (this.kept > 0) this.#unkept.unshift({ index: 0, revision: this.keptRevision, items: this.kept });
    this.kept = 0;
    this.keptRevision = -1;
    if (this.refused !== undefined) this.refused = { ...this.refused, kept: 0 };
  }

  /** What became of it up to a revision; nothing when that was known. */
  settle({ type, chunk }: Fate): Taken | undefined {
    switch (type) {
      case 'delivered':
        return this.#deliver(chunk);
      case 'rejected':
        return this.#refuse(chunk);
      case 'lost':
        return this.#lose(chunk);
    }
  }

  /** What was refused was sent again all the same: damage has taken the record of that. */
  isNoLongerRefused({ type, chunk }: Fate): boolean {
    if (this.refused === undefined || type === 'lost') return false;
    return chunk.revision > this.refused.revision || (type === 'delivered' && chunk.revision === this.refused.revision);
  }

  #deliver(chunk: ChunkRef): Taken | undefined {
    if (chunk.revision <= this.#delivered) return undefined;
    this.#delivered = chunk.revision;
    this.acceptedAt = this.#lastAcceptedAt; // what is left of it came during the attempt
    const { kept, unkept } = this.#take(chunk);
    return kept + unkept === 0 && chunk.revision <= this.#lost ? undefined : taken(chunk, kept + unkept);
  }

  #refuse(chunk: ChunkRef): Taken | undefined {
    if (chunk.revision <= this.#delivered || chunk.revision <= (this.refused?.revision ?? -1)) return undefined;
    const { kept, unkept } = this.#take(chunk);
    const { items, unheard } = taken(chunk, kept + unkept);
    this.refused = { ...chunk, items, kept };
    return { items, unheard };
  }

  /** What was refused is to be sent again. */
  retry(at: number): ChunkRef | undefined {
    if (this.refused === undefined) return undefined;
    const { kept, ...chunk } = this.refused;
    if (this.kept + this.#unkept.length === 0) this.acceptedAt = at;
    this.kept += kept;
    if (chunk.items > kept) this.#unkept.unshift({ ...chunk, items: chunk.items - kept });
    this.refused = undefined;
    return chunk;
  }

  /** So many are gone: of those that are here, or all whose bytes are not, up to a revision that is not. */
  #lose(chunk: ChunkRef): Taken | undefined {
    const isNews = chunk.revision > this.revision;
    const isHere = chunk.revision <= this.keptRevision;
    this.#lost = Math.max(this.#lost, chunk.revision);
    const known = isHere ? Math.min(this.kept, chunk.items) : this.#takeUnkept(chunk.revision);
    if (isHere) this.kept -= known;
    if (isNews) return taken(chunk, known);
    return known === 0 ? undefined : { items: known, unheard: 0 };
  }

  #take({ revision, items }: ChunkRef): { readonly kept: number; readonly unkept: number } {
    const unkept = this.#takeUnkept(revision);
    const kept = Math.min(this.kept, Math.max(0, items - unkept));
    this.kept -= kept;
    return { kept, unkept };
  }

  #takeUnkept(revision: number): number {
    const taken = this.#unkept.filter((one) => one.revision <= revision);
    if (taken.length > 0) this.#unkept = this.#unkept.filter((one) => one.revision > revision);
    this.revision = Math.max(this.revision, revision);
    return itemsOf(taken);
  }

  #isKept(revision: number): void {
    this.kept += this.#takeUnkept(revision);
    this.keptRevision = revision;
  }
}

const itemsOf = (chunks: readonly ChunkRef[]): number => chunks.reduce((sum, { items }) => sum + items, 0);

const taken = ({ items }: ChunkRef, known: number): Taken => ({
  items: Math.max(items, known),
  unheard: Math.max(0, items - known),
});
