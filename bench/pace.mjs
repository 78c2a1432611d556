// How late paceAt lets frames go at 120 frames a second, while the computer idles and while one of its cores burns.
//
//   npm run build && node bench/pace.mjs [seconds]      (default 10)
//
// Prints per case, in ms behind the schedule: median, 99th percentile, most; and how far the last frame has drifted.
import { Worker } from 'node:worker_threads';
import { lastValueFrom, range, toArray } from 'rxjs';
import { map } from 'rxjs/operators';
import { paceAt } from '../dist/index.js';
import { quantile } from './spread.mjs';

const [seconds = '10'] = process.argv.slice(2);
const fps = 120;

const latenesses = async () => {
  const times = await lastValueFrom(
    range(0, fps * Number(seconds)).pipe(
      paceAt(fps),
      map(() => performance.now()),
      toArray(),
    ),
  );
  return times.map((time, n) => time - times[0] - (n * 1000) / fps);
};

const measure = async (name) => {
  const late = await latenesses();
  const [median, p99, most, last] = [quantile(late, 0.5), quantile(late, 0.99), Math.max(...late), late.at(-1)];
  const words = [median, p99, most].map((ms) => ms.toFixed(2)).join(' / ');
  console.log(
    `${name.padEnd(14)} p50 / p99 / most ${words} ms late, earliest ${Math.min(...late).toFixed(3)}, last ${last.toFixed(2)}`,
  );
};

await latenesses(); // the first run compiles
const before = process.cpuUsage();
await measure('idle');
const { user, system } = process.cpuUsage(before);
console.log(`               ${((user + system) / 1e4 / Number(seconds)).toFixed(1)} % of a core`);
const burner = new Worker('for (;;) Math.random()', { eval: true });
await measure('a core burning');
await burner.terminate();
