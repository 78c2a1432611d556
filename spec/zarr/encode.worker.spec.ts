import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, fromEvent, map } from 'rxjs';
import type { EncodeReply, EncodeRequest } from '../../src/zarr/encodeMessage.js';
import { readShardIndex } from '../../src/zarr/shardIndex.js';

let worker: Worker;
beforeEach(() => {
  worker = new Worker(createRequire(import.meta.url).resolve('#workers/encode'), {
    execArgv: [],
    workerData: { level: 3, maxIdleBytes: 100_000_000 },
  });
});
afterEach(() => worker.terminate());

const slotOf = (bytes: Uint8Array): SharedArrayBuffer => {
  const slot = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(slot).set(bytes);
  return slot;
};
const tell = (...requests: EncodeRequest[]): void => {
  for (const request of requests) worker.postMessage(request);
};
const noise: EncodeRequest = { type: 'frame', shard: 1, slot: slotOf(randomBytes(10_000)) };
const small: EncodeRequest = { type: 'frame', shard: 1, slot: slotOf(Uint8Array.of(1, 2, 3)) };

/** The only part of the next finished shard. */
const part = async (): Promise<Uint8Array<SharedArrayBuffer>> => {
  const replies = fromEvent(worker, 'message').pipe(
    map((reply) => reply as EncodeReply),
    filter((reply) => reply.type === 'shard'),
  );
  const { parts } = await firstValueFrom(replies);
  expect(parts).toHaveLength(1);
  return parts[0]!;
};
/** Whether something was written into a block before the shard that it holds now. */
const wasUsed = (shard: Uint8Array<SharedArrayBuffer>): boolean =>
  new Uint8Array(shard.buffer, shard.byteLength).some((value) => value !== 0);

describe('encode.worker', () => {
  it('answers every frame, and a shard after its frames', async () => {
    const types: string[] = [];
    worker.on('message', (reply: EncodeReply) => types.push(reply.type));
    tell(small, small, { type: 'finish', shard: 1 });
    await part();
    expect(types).toEqual(['read', 'read', 'shard']);
  });

  it('forgets a shard that is finished or given up', async () => {
    tell(small, small, { type: 'finish', shard: 1 });
    expect(readShardIndex(await part(), 2)).toHaveLength(2);
    tell(noise, { type: 'abort', shard: 1 });
    tell(small, { type: 'finish', shard: 1 });
    expect(readShardIndex(await part(), 1)).toHaveLength(1);
  });

  it('uses blocks again that came back, and no others', async () => {
    tell(noise, { type: 'finish', shard: 1 });
    const first = await part();
    tell(small, { type: 'finish', shard: 1 });
    expect(wasUsed(await part())).toBe(false);
    tell({ type: 'blocks', blocks: [first.buffer] }, small, { type: 'finish', shard: 1 });
    expect(wasUsed(await part())).toBe(true);
  });

  it('uses the blocks of a shard again that was given up', async () => {
    tell(noise, { ...small, shard: 2 }, { type: 'finish', shard: 2 });
    expect(wasUsed(await part())).toBe(false);
    tell({ type: 'abort', shard: 1 }, { ...small, shard: 3 }, { type: 'finish', shard: 3 });
    expect(wasUsed(await part())).toBe(true);
  });

  it('hears of a shard that is given up before it has compressed the frames that came earlier', async () => {
    // All of them would fill two blocks.
    tell(...Array.from({ length: 200 }, () => noise), { type: 'abort', shard: 1 });
    tell({ ...small, shard: 2 }, { type: 'finish', shard: 2 });
    await part();
    tell({ ...small, shard: 3 }, { type: 'finish', shard: 3 });
    expect(wasUsed(await part())).toBe(false);
  });
});
