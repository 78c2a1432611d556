// A session towards a platform that reads no PUT, until all of it is on the disk or the source waits: see ../memory.mjs.
import { setTimeout as wait } from 'node:timers/promises';
import { Budget, connect, fromFrames, paceAt, rheedSink } from '../../dist/index.js';
import { startFaultServer } from '../../dist/testing/index.js';

const { spool } = JSON.parse(process.argv[2]);
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
globalThis.gc();
const start = held();
const most = { ...start };
const sampling = setInterval(() => {
  for (const [name, bytes] of Object.entries(held())) most[name] = Math.max(most[name], bytes);
}, 5);

const budget = new Budget(64 * MiB);
const platform = connect({ endpoint: server.url, apiKey: 'bench', budget, spool });
let durable = 0;
const session = fromFrames(run(), { budget })
  .pipe(paceAt(200, { budget }), rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize, streamName: 'bench' }))
  .forEach((event) => {
    if (event.type === 'durable') durable++;
  })
  .catch(() => {}); // closing gives up what the platform never took
const done = () => pulled + durable;
for (let before = -1; done() > before; ) {
  before = done();
  await wait(3000);
}
globalThis.gc();
const settled = held();
clearInterval(sampling);
const counted = { most: budget.peak, now: budget.used, bound: budget.pullUntil + (chunkSize + 1) * MiB };

await platform.close({ deadlineMs: 0 });
await session;
await server.close();
const above = (some) => Object.fromEntries(Object.entries(some).map(([name, bytes]) => [name, bytes - start[name]]));
console.log(
  JSON.stringify({
    pulled,
    frames,
    budget: { ...counted, closed: budget.used },
    most: above(most),
    settled: above(settled),
  }),
);
