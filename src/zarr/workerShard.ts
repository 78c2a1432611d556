import { AsyncSubject, type Observable } from 'rxjs';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { FrameIntake } from './frameIntake.js';
import type { ShardInProgress } from './shardEncoder.js';

/** Who makes a shard, by its number. */
export interface ShardMaker {
  add(shard: number, pixels: Uint8Array): void;
  finish(shard: number): void;
  abort(shard: number): void;
}

/** A shard that a worker is making. */
export class WorkerShard implements ShardInProgress {
  /** What `finish` returns; ends when nothing more is to be done for this shard, however it went. */
  readonly finished = new AsyncSubject<EncodedChunk>();
  #over = false;

  constructor(
    readonly id: number,
    readonly intake: FrameIntake,
    private readonly maker: ShardMaker,
  ) {
    const over = () => {
      this.#over = true;
    };
    this.finished.subscribe({ error: over, complete: over });
  }

  get count(): number {
    return this.intake.count;
  }

  get heldBytes(): number {
    return this.intake.heldBytes;
  }

  /** Counts frames also when the worker has died: `finish` tells. */
  add(pixels: Uint8Array): void {
    this.intake.accept(pixels);
    if (!this.#over) this.maker.add(this.id, pixels);
  }

  finish(): Observable<EncodedChunk> {
    if (!this.intake.closed) {
      this.intake.finish();
      if (!this.#over) this.maker.finish(this.id);
    }
    return this.finished;
  }

  abort(): void {
    this.intake.closed = true;
    if (this.#over) return;
    this.maker.abort(this.id);
    this.finished.complete();
  }
}
