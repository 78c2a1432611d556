import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { EncoderError } from '../model/errors.js';
import { encodedShard, poisonParts } from './encodedShard.js';
import type { EncodeReply, EncodeRequest, EncodeWorkerData } from './encodeMessage.js';
import { FrameIntake } from './frameIntake.js';
import type { MemoryPool } from './memoryPool.js';
import { type ShardMaker, WorkerShard } from './workerShard.js';

export interface EncoderThreadOptions {
  readonly level: number;
  readonly maxIdleBytes: number;
  readonly poison: boolean;
  /** Another script than the package's own. */
  readonly script?: string;
}

/** The package's own name for the file, so that it is found from the sources, from `dist` and where the package is installed. */
const ownScript = (): string => createRequire(import.meta.url).resolve('#workers/encode');

/** One encode worker as its owner sees it: the shards it makes, the slots it reads. */
export class EncoderThread implements ShardMaker {
  /** Whether it can be given shards. */
  alive = true;
  readonly #worker: Worker;
  readonly #shards = new Map<number, WorkerShard>();
  /** In the order the worker was given them, and answers. */
  readonly #reading: SharedArrayBuffer[] = [];
  readonly #finishing = new Set<number>();
  #begun = 0;
  #failure: unknown;

  constructor(
    private readonly slots: MemoryPool,
    private readonly options: EncoderThreadOptions,
  ) {
    const workerData: EncodeWorkerData = options;
    this.#worker = new Worker(options.script ?? ownScript(), { execArgv: [], workerData });
    this.#worker.on('message', (reply: EncodeReply) => this.#hear(reply));
    this.#worker.on('error', (error) => {
      this.alive = false;
      this.#failure = error;
    });
    this.#worker.on('exit', (code) => this.#die(code));
    // Last: listening to messages would take it back.
    this.#worker.unref();
  }

  /** Shards in progress. */
  get load(): number {
    return this.#shards.size;
  }

  begin(shape: { readonly width: number; readonly height: number; readonly frames: number }): WorkerShard {
    const shard = new WorkerShard(this.#begun++, new FrameIntake(shape), this);
    this.#shards.set(shard.id, shard);
    return shard;
  }

  add(shard: number, pixels: Uint8Array): void {
    const slot = this.slots.take(pixels.byteLength);
    new Uint8Array(slot).set(pixels);
    this.#reading.push(slot);
    this.#tell({ type: 'frame', shard, slot });
  }

  finish(shard: number): void {
    // What was promised keeps the process alive, and nothing else does.
    this.#finishing.add(shard);
    this.#worker.ref();
    this.#tell({ type: 'finish', shard });
  }

  abort(shard: number): void {
    this.#tell({ type: 'abort', shard });
    this.#end(shard);
  }

  async stop(): Promise<void> {
    this.alive = false;
    await this.#worker.terminate();
  }

  #tell(request: EncodeRequest): void {
    this.#worker.postMessage(request);
  }

  #hear(reply: EncodeReply): void {
    if (reply.type === 'read') this.slots.give(this.#reading.shift()!);
    else this.#deliver(reply.parts, this.#end(reply.shard));
  }

  #deliver(parts: readonly Uint8Array[], shard: WorkerShard | undefined): void {
    const chunk = encodedShard(parts, shard?.intake.dims ?? [], () => this.#giveBack(parts));
    // Aborted while its last frames were on their way: nobody else will release it.
    if (shard === undefined) chunk.release();
    shard?.finished.next(chunk);
    shard?.finished.complete();
  }

  #giveBack(parts: readonly Uint8Array[]): void {
    if (this.options.poison) poisonParts(parts);
    this.#tell({ type: 'blocks', blocks: parts.map((part) => part.buffer as SharedArrayBuffer) });
  }

  #end(id: number): WorkerShard | undefined {
    const shard = this.#shards.get(id);
    this.#shards.delete(id);
    if (this.#finishing.delete(id) && this.#finishing.size === 0) this.#worker.unref();
    return shard;
  }

  #die(code: number): void {
    this.alive = false;
    for (const slot of this.#reading.splice(0)) this.slots.give(slot);
    const error = new EncoderError(this.#reason(code), { cause: this.#failure });
    for (const shard of this.#shards.values()) {
      this.#end(shard.id);
      shard.finished.error(error);
    }
  }

  #reason(code: number): string {
    if (this.#failure === undefined) return `its worker ended with code ${code}`;
    return `its worker failed with ${String(this.#failure)}`;
  }
}
