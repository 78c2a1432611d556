// A script as people port it: twenty chunks of a channel, and the end. `awaited` waits for the end as long as it takes, `impatient`
// for 300 ms; `flood` pushes until memory is used up, towards a platform that never answers, and prints by how much it grew.
import { Budget, TimeseriesStreamer } from 'epistream';

const [way = '', endpoint = '', dir = ''] = process.argv.slice(2);
const MiB = 2 ** 20;
const [chunks, points] = way === 'flood' ? [20_000, 100] : [20, 10];
const streamer = new TimeseriesStreamer({
  endpoint,
  apiKey: 'the-key-of-the-lab',
  pointsPerChunk: points,
  retry: { baseMs: 20, capMs: 100 },
  budget: new Budget(8 * MiB),
  spool: dir === '' ? false : { dir, minFreeBytes: 0 },
});

/** @param {unknown} value */
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const session = await streamer.initialize({ streamName: 'MBE growth' });
print('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();

/** @param {number} index */
const push = (index) =>
  streamer.push(session, index, 'flux', {
    timestamps: Array.from({ length: points }, (_, i) => 1_700_000_000 + (index * points + i) / 10),
    values: Array.from({ length: points }, (_, i) => index * points + i + 0.25),
  });

/** How many chunks were taken, what ended that, and by how much the process has grown meanwhile. */
const flood = async () => {
  const { rss } = process.memoryUsage();
  let most = rss;
  for (let taken = 0; taken < chunks; taken++) {
    try {
      push(taken);
    } catch (error) {
      return { taken, refusal: Object(error)._tag, grownMiB: (most - rss) / MiB };
    }
    if (taken % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, process.memoryUsage().rss);
  }
  return { taken: chunks, grownMiB: (most - rss) / MiB };
};

if (way === 'flood') {
  print(await flood());
  process.exit();
}
for (let index = 0; index < chunks; index++) push(index);
const { delivered, offered } = await streamer.finalize(session, way === 'impatient' ? { drainTimeoutMs: 300 } : {});
print({ delivered, offered });
await streamer[Symbol.asyncDispose]();
