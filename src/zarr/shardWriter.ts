import { type ShardEntry, shardIndexBytes, writeShardIndex } from './shardIndex.js';
import { compressBound } from './zstd/compressBound.js';
import type { Zstd } from './zstd/zstd.js';

/**
 * Writes one shard: each frame compressed where it will stay, back to back, then the index. Black frames are written like any other.
 *
 * Memory is asked for as it is needed: a new block when a frame might not fit into what is left of the last.
 */
export class ShardWriter {
  /** The blocks taken so far, whole. */
  readonly blocks: Uint8Array[] = [];
  readonly #parts: Uint8Array[] = [];
  readonly #entries: ShardEntry[] = [];
  #used = 0;
  #written = 0;

  /** `take(n)` gives a block of at least n bytes. */
  constructor(
    private readonly zstd: Pick<Zstd, 'compress'>,
    private readonly take: (atLeast: number) => Uint8Array,
  ) {}

  add(pixels: Uint8Array): void {
    const nbytes = this.zstd.compress(this.#room(compressBound(pixels.byteLength)), pixels);
    this.#entries.push({ offset: this.#written, nbytes });
    this.#advance(nbytes);
  }

  /** Writes the index. The shard is what these parts hold, in order. */
  finish(): readonly Uint8Array[] {
    const index = writeShardIndex(this.#entries);
    this.#room(shardIndexBytes(this.#entries.length)).set(index);
    this.#advance(index.byteLength);
    this.#closeBlock();
    return this.#parts;
  }

  #room(byteLength: number): Uint8Array {
    const block = this.blocks.at(-1);
    if (block !== undefined && block.byteLength - this.#used >= byteLength) return block.subarray(this.#used);
    this.#closeBlock();
    const taken = this.take(byteLength);
    this.blocks.push(taken);
    return taken;
  }

  #advance(byteLength: number): void {
    this.#used += byteLength;
    this.#written += byteLength;
  }

  #closeBlock(): void {
    const block = this.blocks.at(-1);
    if (block !== undefined) this.#parts.push(block.subarray(0, this.#used));
    this.#used = 0;
  }
}
