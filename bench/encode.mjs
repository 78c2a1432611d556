// How near the shard encoder comes to its limit, which is the same provider compressing the same frames in the same number of threads
// with nothing around it.
//
//   npm run build && node bench/encode.mjs FOLDER-OF-PNGS [repeats]
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { bufferCount, defer, from, lastValueFrom, mergeMap, reduce, tap } from 'rxjs';
import sharp from 'sharp';
import { workerShardEncoder } from '../dist/zarr/workerShardEncoder.js';
import { openZstd } from '../dist/zarr/zstd/openZstd.js';

const [folder, repeats = '7'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/encode.mjs FOLDER-OF-PNGS [repeats]');
const threads = Math.min(2, availableParallelism());
const chunkSize = 24;

const paths = readdirSync(folder).filter((name) => name.endsWith('.png'));
const pictures = await Promise.all(
  paths.map((name) => sharp(join(folder, name)).greyscale().raw().toBuffer({ resolveWithObject: true })),
);
const { width, height } = pictures[0].info;
const frames = Array.from({ length: 8 * chunkSize }, (_, k) => pictures[k % pictures.length].data);
const rawBytes = frames.length * width * height;

/** Compresses its share over and over, as often as it is asked to. */
const plainLoop = `
  const { parentPort, workerData } = require('node:worker_threads');
  // As the encode workers do, or a busy computer would favour this loop.
  if (process.platform === 'linux') require('node:os').setPriority(10);
  const opened = import(workerData.zstd).then(({ openZstd }) => openZstd());
  const frames = workerData.frames.map((memory) => new Uint8Array(memory));
  const into = new Uint8Array(2 * frames[0].byteLength);
  parentPort.on('message', async () => {
    const zstd = await opened;
    for (const frame of frames) zstd.compress(into, frame);
    parentPort.postMessage('done');
  });`;

const shared = (bytes) => {
  const memory = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(memory).set(bytes);
  return memory;
};
const distinct = pictures.map(({ data }) => shared(data));
const loops = Array.from({ length: threads }, (_, thread) => {
  const share = frames.flatMap((_, k) => (k % threads === thread ? [distinct[k % distinct.length]] : []));
  const zstd = new URL('../dist/zarr/zstd/openZstd.js', import.meta.url).href;
  return new Worker(plainLoop, { eval: true, workerData: { zstd, frames: share } });
});
const again = (loop) =>
  new Promise((done) => {
    loop.once('message', done);
    loop.postMessage('again');
  });
const limit = () => Promise.all(loops.map(again));

const encoder = workerShardEncoder({ workers: threads });
const encodeChunk = (chunk) =>
  defer(() => {
    const shard = encoder.begin({ width, height, frames: chunkSize });
    for (const frame of chunk) shard.add(frame);
    return shard.finish();
  }).pipe(tap((shard) => shard.release()));
const encode = () =>
  lastValueFrom(
    from(frames).pipe(
      bufferCount(chunkSize),
      mergeMap(encodeChunk, 2 * threads),
      reduce((sum, shard) => sum + shard.byteLength, 0),
    ),
  );

const speed = async (run) => {
  const start = performance.now();
  await run();
  return rawBytes / 1e3 / (performance.now() - start);
};
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const encodedBytes = await encode();
await limit();
// In turns, so that both meet the same neighbours.
const runs = [];
for (let k = 0; k < Number(repeats); k++) runs.push({ limit: await speed(limit), shards: await speed(encode) });
const ratio = median(runs.map((run) => run.shards / run.limit));

console.log(
  `${(await openZstd()).name}, ${threads} threads, ${width} x ${height}, ${(rawBytes / encodedBytes).toFixed(2)}:1`,
);
console.log(`limit  ${median(runs.map((run) => run.limit)).toFixed(0)} MB/s raw`);
console.log(
  `shards ${median(runs.map((run) => run.shards)).toFixed(0)} MB/s raw, ${(100 * ratio).toFixed(0)} % of the limit`,
);
await Promise.all(loops.map((loop) => loop.terminate()));
await lastValueFrom(encoder.close(), { defaultValue: undefined });
