// A growth in a process of its own, to be killed: sessions on a spool, and a ledger of what was promised, synced before anything else
// happens. Prints `ready` when it has connected, and its reports when it is done.
import crypto from 'node:crypto';
import { fsyncSync, openSync, readdirSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Budget, connect, fromFrames, rheedSink } from 'epistream';
import { draftId } from './growthNames.mjs';
import { pixelsOf } from './oracleFrames.mjs';
import { lineOf } from './oracleLedger.mjs';

/** @type {import('./growthProcess.js').Growth} */
const growth = JSON.parse(process.argv[2] ?? '{}');
const { endpoint, spool, ledger, name, sessions = 1, atOnce = 1, chunks = 10, framesPerChunk = 2 } = growth;
const {
  width = 72,
  height = 64,
  paceMs = 5,
  budgetBytes = 2 ** 30,
  sessionId,
  patienceMs = 60_000,
  warmUp = false,
  drains = false,
} = growth;

// Files have names that are known beforehand: faults are told by paths.
if (sessionId !== undefined) {
  let drafts = 0;
  globalThis.crypto.randomUUID = () => sessionId;
  crypto.randomUUID = () => draftId(drafts++);
  syncBuiltinESMExports();
}

/** @param {string} name @param {number} count */
async function* frames(name, count) {
  const words = new Uint32Array(Math.ceil((width * height) / 4)); // a sink copies: one frame's memory will do
  for (let index = 0; index < count; index++) {
    const short = index === count - 1 && framesPerChunk > 1 ? 1 : 0;
    for (let place = 0; place < framesPerChunk - short; place++) {
      const data = pixelsOf({ name, index, place }, width * height, words);
      yield { format: /** @type {const} */ ('gray8'), width, height, data };
    }
    await wait(paceMs);
  }
}

const file = ledger === undefined ? undefined : openSync(ledger, 'a');
const budget = new Budget(budgetBytes);
const platform = connect({
  endpoint,
  apiKey: 'growth',
  budget,
  retry: { baseMs: 20, capMs: 200 },
  referenceClock: false,
  spool,
});
platform.events$.subscribe((event) => {
  const line = lineOf(event);
  if (file === undefined || line === undefined) return;
  writeSync(file, `${JSON.stringify(line)}\n`);
  if (event.type === 'durable') fsyncSync(file);
});

/** @param {string} streamName @param {number} [count] */
const grow = (streamName, count = chunks) =>
  fromFrames(frames(streamName, count), { budget })
    .pipe(rheedSink(platform, { fps: framesPerChunk / 2, rotationsPerMin: 0, chunkSize: framesPerChunk, streamName }))
    .forEach(() => {})
    .catch((error) => console.error(`${streamName}: ${error.message}`)); // its report says why

/** @param {number} lane */
const run = async (lane) => {
  for (let n = lane; n < (sessions ?? Number.POSITIVE_INFINITY); n += atOnce) await grow(`${name}.${n}`);
};

setTimeout(() => {
  console.error(`${name} is still at it after ${patienceMs} ms`);
  process.exit(1);
}, patienceMs).unref();
console.log('ready');
if (warmUp) await grow(`${name}.first`, 2); // the encoder's threads, and code that is compiled when it is used
const rss = { start: process.memoryUsage.rss(), most: 0 };
const sampling = setInterval(() => {
  rss.most = Math.max(rss.most, process.memoryUsage.rss());
}, 20);
await Promise.all(Array.from({ length: atOnce }, (_, lane) => run(lane)));
clearInterval(sampling);
while (drains && spool && readdirSync(join(spool.dir, 'sessions')).length > 0) await wait(20);
await platform.close();
console.log(JSON.stringify({ rss, budgetPeak: budget.peak }));
