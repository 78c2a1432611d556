// A growth in a process of its own, to be killed: sessions on a spool, and a ledger of what was promised, synced before anything else
// happens. Prints `ready` when it has connected, and its reports when it is done.
import crypto from 'node:crypto';
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { Budget, connect, fromFrames, rheedSink } from 'epistream';
import { pixelsOf } from './oracleFrames.mjs';
import { lineOf } from './oracleLedger.mjs';

/** @type {import('./growthProcess.js').Growth} */
const growth = JSON.parse(process.argv[2] ?? '{}');
const { endpoint, spool, ledger, name, sessions = 1, atOnce = 1, chunks = 10, framesPerChunk = 2 } = growth;
const { width = 72, height = 64, paceMs = 5, budgetBytes = 2 ** 30, sessionId, linger = false } = growth;

// A session's directory has a name that is known beforehand: faults are told by paths.
if (sessionId !== undefined) {
  /** @type {() => NonNullable<typeof sessionId>} */
  const known = () => sessionId;
  crypto.randomUUID = known;
  globalThis.crypto.randomUUID = known;
  syncBuiltinESMExports();
}

/** @param {string} name */
async function* frames(name) {
  for (let index = 0; index < chunks; index++) {
    const count = index === chunks - 1 ? Math.max(1, framesPerChunk - 1) : framesPerChunk;
    for (let place = 0; place < count; place++)
      yield {
        format: /** @type {const} */ ('gray8'),
        width,
        height,
        data: pixelsOf({ name, index, place }, width * height),
      };
    await wait(paceMs);
  }
}

const file = ledger === undefined ? undefined : openSync(ledger, 'a');
const most = { rss: 0, startRss: process.memoryUsage.rss() };
const budget = new Budget(budgetBytes);
const platform = connect({
  endpoint,
  apiKey: 'growth',
  budget,
  retry: { baseMs: 20, capMs: 200 },
  referenceClock: false,
  .../** @type {{ spool?: never }} */ ({ spool }),
});
platform.events$.subscribe((event) => {
  const line = lineOf(event);
  if (file === undefined || line === undefined) return;
  writeSync(file, `${JSON.stringify(line)}\n`);
  if (event.type === 'durable') fsyncSync(file);
});
const sampling = setInterval(() => {
  most.rss = Math.max(most.rss, process.memoryUsage.rss());
}, 20);

/** @param {number} lane */
const run = async (lane) => {
  for (let session = lane; session < (sessions ?? Number.POSITIVE_INFINITY); session += atOnce) {
    const streamName = `${name}.${session}`;
    await fromFrames(frames(streamName), { budget })
      .pipe(rheedSink(platform, { fps: framesPerChunk / 2, rotationsPerMin: 0, chunkSize: framesPerChunk, streamName }))
      .forEach(() => {})
      .catch((error) => console.error(`${streamName}: ${error.message}`)); // its report says why
  }
};

console.log('ready');
await Promise.all(Array.from({ length: atOnce }, (_, lane) => run(lane)));
if (linger) await wait(2 ** 30);
await platform.close();
clearInterval(sampling);
console.log(JSON.stringify({ most, budgetPeak: budget.peak }));
