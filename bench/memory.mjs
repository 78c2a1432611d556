// What a stalled platform costs: 400 frames of 1 MiB through fromFrames → paceAt → rheedSink, towards a server that reads no PUT.
//
//   npm run build && node bench/memory.mjs [folder]      (default the folder for temporary files)
//
// With a spool that has room the disk takes all of them; with one of 64 MiB, and with none, the source waits. Prints the most that the
// budget counted beside its bound (pull limit, one chunk, one frame), and what the process held above its start: threads, the pools of
// the encoder, what is read back to be sent and uncollected buffers are beyond the count.
import { tmpdir } from 'node:os';
import { call, path, withFolder } from './sessions.mjs';

const [parent = tmpdir()] = process.argv.slice(2);
const MiB = 2 ** 20;
const inMiB = (bytes) => `${(bytes / MiB).toFixed(0)} MiB`;

const measure = async (name, spool) => {
  const args = ['--expose-gc', path('memory/stalled.mjs'), JSON.stringify({ spool })];
  const { pulled, frames, budget, most, settled } = await call(process.execPath, args);
  console.log(`\n${name}: pulled ${pulled} of ${frames} frames of 1 MiB`);
  console.log(`  budget        most ${inMiB(budget.most)}, now ${inMiB(budget.now)}, bound ${inMiB(budget.bound)}`);
  for (const kind of ['arrayBuffers', 'rss'])
    console.log(`  ${kind.padEnd(13)} most ${inMiB(most[kind])}, now ${inMiB(settled[kind])} above the start`);
  console.log(`  after closing budget ${inMiB(budget.closed)}`);
};

const inFolder = (options, use) => withFolder(parent, (dir) => use({ dir, ...options }));

await measure('no spool', false);
await inFolder({ maxBytes: 64 * MiB }, (spool) => measure('a spool of 64 MiB', spool));
await inFolder({}, (spool) => measure('a spool with room', spool));
