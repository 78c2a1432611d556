import { dirname, join } from 'node:path';
import { ShardError } from '../model/errors.js';
import { decodeFrame, type ShardShape } from '../zarr/decodeShard.js';
import { openZstd } from '../zarr/zstd/openZstd.js';
import type { Zstd } from '../zarr/zstd/zstd.js';
import { BackgroundPace } from './backgroundPace.js';
import { type ChunkIntensities, readIntensities, writeIntensities } from './chunkIntensities.js';
import type { DurableFiles } from './durableFiles.js';
import { type FrameIntensity, frameIntensity } from './frameIntensity.js';
import type { FrameStore } from './frameStore.js';
import { StoredShard, shardIdentity } from './storedShard.js';
import type { Stream } from './stream.js';
import { Turns } from './turns.js';

/**
 * Looks at the frames of all streams once they are stored: one frame at a time, in the background.
 *
 * What it sees of a chunk is kept beside the store, in `intensities/<chunk>.json`. A chunk without (its process died, or is older than
 * the analysis) is looked at when somebody asks for it.
 */
export class FrameAnalysis {
  readonly #turns = new Turns();
  readonly #due = new Set<string>();
  readonly #failures = new Map<string, unknown>();
  #zstd: Promise<Zstd> | undefined;
  #isStopped = false;
  /** Uploads tell it that they are under way. */
  readonly pace = new BackgroundPace();

  constructor(private readonly files: DurableFiles) {}

  /** Chunk `index` of a stream has been stored. */
  add(stream: Stream<FrameStore>, index: number): void {
    const path = fileOf(stream, index);
    if (this.#due.has(path)) return;
    this.#due.add(path);
    const look = async (): Promise<void> => {
      this.#due.delete(path);
      await stream.read((store) => this.#look(store, index, path));
    };
    this.#turns.take(look).catch((failure: unknown) => this.#failures.set(path, failure));
  }

  /** What was seen of a chunk of so many frames; nothing when that is still to be done. Throws, once, why it could not be. */
  async of(stream: Stream<FrameStore>, store: FrameStore, index: number, frames: number): Promise<ChunkIntensities> {
    const path = fileOf(stream, index);
    const shard = await shardIdentity(store.shardPath(index));
    const seen = await readIntensities(path, shard, frames);
    if (seen !== undefined) return seen;
    const failure = this.#failures.get(path);
    if (this.#failures.delete(path)) throw failure;
    this.add(stream, index);
    return [];
  }

  /** Leaves what is not done yet to the next process. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.pace.stop();
    return this.#turns.take(async () => undefined);
  }

  async #look(store: FrameStore, index: number, path: string): Promise<void> {
    const [shape, frames] = [store.chunkShape, (await store.times(index)).length];
    if (shape === undefined || this.#isStopped) return;
    const shard = await StoredShard.open(store.shardPath(index), shape.frames);
    const seen = await this.#see(shard, { ...shape, frames });
    if (seen !== undefined) await writeIntensities(path, shard.identity, seen, this.files);
  }

  /** Nothing when the platform stops, or another shard has come meanwhile: that one is due itself. */
  async #see(shard: StoredShard, { frames, height, width }: ShardShape): Promise<ChunkIntensities | undefined> {
    this.#zstd ??= openZstd();
    const look = viewer(height, width, await this.#zstd);
    const seen: (FrameIntensity | undefined)[] = [];
    for (let k = 0; k < frames; k += 1) {
      const bytes = await shard.bytes(k);
      if (bytes === 'replaced' || this.#isStopped) return undefined;
      seen.push(await this.pace.work(() => look(bytes, k)));
    }
    return seen;
  }
}

const fileOf = (stream: Stream, index: number): string => join(dirname(stream.path), 'intensities', `${index}.json`);

/**
 * Looks at frames of one size, in one piece of memory. Nothing of one whose bytes are none: a PUT is taken for its index, and what that
 * points to nobody has looked at before.
 */
const viewer = (height: number, width: number, zstd: Zstd) => {
  const pixels = new Uint8Array(height * width);
  return (bytes: Uint8Array | 'absent', k: number): FrameIntensity | undefined => {
    try {
      if (bytes === 'absent') pixels.fill(0);
      else decodeFrame(bytes, pixels, k, zstd);
      return frameIntensity(pixels, height, width);
    } catch (error) {
      if (error instanceof ShardError) return undefined;
      throw error;
    }
  };
};
