// What a stalled platform costs: 400 frames of 1 MiB through fromFrames → paceAt → rheedSink, towards a server that reads no PUT.
//
//   npm run build && node --expose-gc bench/memory.mjs
//
// Prints the most that the budget counted beside its bound (pull limit, one chunk, one frame), and what the process held above its start:
// the pools of the encoder and uncollected buffers are beyond the count.
import { setTimeout as wait } from 'node:timers/promises';
import { Budget, connect, fromFrames, paceAt, rheedSink } from '../dist/index.js';
import { startFaultServer } from '../dist/testing/index.js';

const MiB = 2 ** 20;
const [frames, chunkSize, fps] = [400, 8, 4];
const noise = new Uint8Array(MiB).map(() => 256 * Math.random());
let pulled = 0;

function* run() {
  for (; pulled < frames; pulled++) yield { format: 'gray8', width: 1024, height: 1024, data: Uint8Array.from(noise) };
}

const server = await startFaultServer();
server.script(
  'put',
  Array.from({ length: frames }, () => ({ type: 'stall', at: 0 })),
);
const held = () => {
  const { arrayBuffers, rss } = process.memoryUsage();
  return { arrayBuffers, rss };
};
globalThis.gc?.();
const start = held();
const most = { ...start };
const sampling = setInterval(() => {
  for (const [name, bytes] of Object.entries(held())) most[name] = Math.max(most[name], bytes);
}, 5);

const budget = new Budget(64 * MiB);
const platform = connect({ endpoint: server.url, apiKey: 'bench', budget });
const session = fromFrames(run(), { budget })
  .pipe(paceAt(200, { budget }), rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize, streamName: 'bench' }))
  .forEach(() => {})
  .catch(() => {}); // closing loses what the platform never took
while (budget.waiting === 0) await wait(10);
await wait(3000); // whatever is on its way settles
globalThis.gc?.();
const settled = held();
clearInterval(sampling);

const inMiB = (bytes) => `${(bytes / MiB).toFixed(0)} MiB`;
const bound = budget.pullUntil + (chunkSize + 1) * MiB;
console.log(`pulled ${pulled} of ${frames} frames of 1 MiB, then waited`);
console.log(`budget        most ${inMiB(budget.peak)}, now ${inMiB(budget.used)}, bound ${inMiB(bound)}`);
for (const name of ['arrayBuffers', 'rss'])
  console.log(
    `${name.padEnd(13)} most ${inMiB(most[name] - start[name])}, now ${inMiB(settled[name] - start[name])} above the start`,
  );

await platform.close({ deadlineMs: 0 });
await session;
await server.close();
console.log(`after closing budget ${inMiB(budget.used)}`);
