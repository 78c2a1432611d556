import { on } from 'node:events';
import { setPriority } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { EncodeReply, EncodeRequest, EncodeWorkerData } from './encodeMessage.js';
import { MemoryPool } from './memoryPool.js';
import { ShardWriter } from './shardWriter.js';
import { openZstd } from './zstd/openZstd.js';

const { level, maxIdleBytes } = workerData as EncodeWorkerData;
const port = parentPort!;
const blocks = new MemoryPool({ maxIdleBytes });
const writers = new Map<number, ShardWriter>();
const aborted = new Set<number>();

// Room for several frames a block, so that little of it stays empty: the next frame must always fit at its worst.
const takeBlock = (atLeast: number) => new Uint8Array(blocks.take(Math.max(1 << 20, 4 * atLeast)));
const reply = (message: EncodeReply) => port.postMessage(message);

const writerOf = (shard: number): ShardWriter => {
  const writer = writers.get(shard) ?? new ShardWriter(zstd, takeBlock);
  writers.set(shard, writer);
  return writer;
};

const read = (shard: number, slot: SharedArrayBuffer): void => {
  if (!aborted.has(shard)) writerOf(shard).add(new Uint8Array(slot));
  reply({ type: 'read' });
};

const finish = (shard: number): void => {
  const parts = writerOf(shard).finish() as Uint8Array<SharedArrayBuffer>[];
  writers.delete(shard);
  reply({ type: 'shard', shard, parts });
};

const abort = (shard: number): void => {
  for (const block of writers.get(shard)?.blocks ?? []) blocks.give(block.buffer as SharedArrayBuffer);
  writers.delete(shard);
  aborted.delete(shard);
};

const handle = (request: EncodeRequest): void => {
  switch (request.type) {
    case 'frame':
      read(request.shard, request.slot);
      break;
    case 'finish':
      finish(request.shard);
      break;
    case 'abort':
      abort(request.shard);
      break;
    case 'blocks':
      for (const block of request.blocks) blocks.give(block);
  }
};

// Linux: this thread only, so that the camera's thread always comes first. Elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(10);
port.on('message', (request: EncodeRequest) => request.type === 'abort' && aborted.add(request.shard));
const requests = on(port, 'message') as AsyncIterableIterator<[EncodeRequest]>;
const zstd = await openZstd({ level });
for await (const [request] of requests) {
  handle(request);
  // A turn between frames, or an abort would wait for every frame before it.
  await nextTurn();
}
