// One session of ours, from `connect` to `close`: see ../upload.mjs.
import { readFileSync } from 'node:fs';
import { pipe } from 'rxjs';
import { Budget, connect, fromFrames, paceAt, rheedSink } from '../../dist/index.js';
import { openZstd } from '../../dist/zarr/zstd/openZstd.js';

const { endpoint, file, width, height, distinct, fps, chunkSize, chunks, paced, budgetMiB } = JSON.parse(
  process.argv[2],
);
const pixels = readFileSync(file);
const frameBytes = width * height;
const pictures = Array.from({ length: distinct }, (_, k) => pixels.subarray(k * frameBytes, (k + 1) * frameBytes));
const now = () => performance.timeOrigin + performance.now();

function* run() {
  for (let k = 0; k < chunks * chunkSize; k++) yield { format: 'gray8', width, height, data: pictures[k % distinct] };
}

const zstd = (await openZstd()).name;
const accepted = [];
const before = { at: now(), cpu: process.cpuUsage(), rss: process.memoryUsage.rss() };
const budget = new Budget(budgetMiB * 2 ** 20);
const platform = connect({ endpoint, apiKey: 'bench', budget });
const pace = paced ? paceAt(fps, { budget }) : pipe();
await fromFrames(run(), { budget })
  .pipe(pace, rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize, streamName: 'bench' }))
  .forEach((event) => {
    if (event.type === 'accepted') accepted.push(now());
  });
await platform.close();
const cpu = process.cpuUsage(before.cpu);
console.log(
  JSON.stringify({
    wallMs: now() - before.at,
    cpuMs: (cpu.user + cpu.system) / 1e3,
    rss: process.resourceUsage().maxRSS * 1024,
    rssBefore: before.rss,
    accepted,
    zstd,
  }),
);
