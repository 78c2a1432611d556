import { stat } from 'node:fs';
import { availableParallelism, devNull } from 'node:os';
import { AsyncSubject, BehaviorSubject, concatMap, filter, ignoreElements, type Observable, take } from 'rxjs';
import { EncoderError, InputError } from '../model/errors.js';
import { EncoderThread } from './encoderThread.js';
import { MemoryPool } from './memoryPool.js';
import type { ShardEncoder } from './shardEncoder.js';
import type { WorkerShard } from './workerShard.js';

export interface WorkerShardEncoderOptions {
  /** zstd's compression level, 1 to 22. Default 3. */
  readonly level?: number;
  /** Default: two, or one on a single core. A third adds memory rather than speed. */
  readonly workers?: number;
  /** Bytes of frames, and per worker of shards, that are kept to be used again. Default 128 MiB. */
  readonly maxIdleBytes?: number;
  /** Fills what is released with 0xA5, so that a use after release shows. */
  readonly poison?: boolean;
  /** The worker's script, when not the package's own. */
  readonly script?: string;
}

/**
 * Makes shards in worker threads: one worker a shard, frames handed over as they come.
 *
 * Workers start with the first shards and never keep a process alive, but for a shard that is being finished. When one dies, its shards
 * fail with an `EncoderError` and the next shard gets a new one.
 */
export const workerShardEncoder = (options: WorkerShardEncoderOptions = {}): ShardEncoder =>
  new WorkerShardEncoder(options);

class WorkerShardEncoder implements ShardEncoder {
  readonly #options: Required<Omit<WorkerShardEncoderOptions, 'script'>> & Pick<WorkerShardEncoderOptions, 'script'>;
  readonly #slots: MemoryPool;
  readonly #begun$ = new BehaviorSubject(0);
  #threads: EncoderThread[] = [];
  #closed: AsyncSubject<never> | undefined;

  constructor(options: WorkerShardEncoderOptions) {
    this.#options = {
      level: 3,
      workers: Math.min(2, availableParallelism()),
      maxIdleBytes: 128 * 2 ** 20,
      poison: false,
      ...options,
    };
    requireWhole('level', this.#options.level, 1, 22);
    requireWhole('workers', this.#options.workers, 1, 64);
    this.#slots = new MemoryPool(this.#options);
  }

  begin(shape: { readonly width: number; readonly height: number; readonly frames: number }): WorkerShard {
    if (this.#closed !== undefined) throw new EncoderError('the encoder has been closed');
    const shard = this.#thread().begin(shape);
    const settle = () => this.#begun$.next(this.#begun$.value - 1);
    this.#begun$.next(this.#begun$.value + 1);
    shard.finished.subscribe({ error: settle, complete: settle });
    return shard;
  }

  close(): Observable<never> {
    if (this.#closed !== undefined) return this.#closed;
    this.#closed = new AsyncSubject<never>();
    this.#begun$
      .pipe(
        filter((begun) => begun === 0),
        take(1),
        concatMap(() => this.#stop()),
        ignoreElements(),
      )
      .subscribe(this.#closed);
    return this.#closed;
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
    this.#slots.clear();
  }

  /** A thread with nothing to do, else a new one, else the one with the fewest shards. */
  #thread(): EncoderThread {
    this.#threads = this.#threads.filter((thread) => thread.alive);
    const [leastBusy] = this.#threads.toSorted((a, b) => a.load - b.load);
    if (leastBusy !== undefined && (leastBusy.load === 0 || this.#threads.length >= this.#options.workers))
      return leastBusy;
    // The first use of libuv's threads starts them; begun by a worker of low priority, they would all have it.
    stat(devNull, () => {});
    const thread = new EncoderThread(this.#slots, this.#options);
    this.#threads.push(thread);
    return thread;
  }
}

const requireWhole = (field: string, value: number, lowest: number, highest: number): void => {
  if (!Number.isInteger(value) || value < lowest || value > highest)
    throw new InputError(field, value, `must be a whole number from ${lowest} to ${highest}`);
};
