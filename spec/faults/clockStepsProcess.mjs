// A session on a spool in a process of its own, whose wall clock is stepped at one moment of it: by libfaketime, through the file
// that its environment names, or by another Date. Prints one line of JSON: what was told, on the clock that no step moves.
import { writeFileSync } from 'node:fs';
import { connect, rheedSink } from 'epistream';
import { grayFrame } from 'epistream/testing';
import { concatMap, map, range, timer } from 'rxjs';

/**
 * @typedef {object} Job
 * @property {string} endpoint
 * @property {string} dir The spool.
 * @property {string} at The event that the clock is stepped at; `start` for before everything.
 * @property {number} stepMs By how much.
 * @property {string | undefined} toldFaketime What libfaketime is told for that; absent where there is none.
 * @property {number} frames None: what an earlier process left is taken over.
 * @property {boolean | undefined} leaves What is undelivered to the next process, once all of it is kept.
 */
/** @type {Job} */
const job = JSON.parse(process.argv[2] ?? '');

let hasStepped = false;
const step = () => {
  if (hasStepped) return;
  hasStepped = true;
  const { now } = Date;
  const before = now();
  if (job.toldFaketime !== undefined) writeFileSync(process.env.FAKETIME_TIMESTAMP_FILE ?? '', job.toldFaketime);
  else Date.now = () => now() + job.stepMs;
  steppedByMs = Date.now() - before;
};
let steppedByMs = 0;

if (job.at === 'start') step();
const startMs = Date.now();
const platform = connect({
  endpoint: job.endpoint,
  apiKey: 'key',
  retry: { baseMs: 1, capMs: 1 },
  spool: { dir: job.dir, durability: 'crash', minFreeBytes: 0 },
});
/** @type {object[]} */
const told = [];
/** @type {number[]} */
const ages = [];
platform.status$.subscribe(({ oldestUnsentMs = 0 }) => ages.push(oldestUnsentMs));
const over = new Promise((resolve) => {
  platform.events$.subscribe((event) => {
    told.push({ ...event, monotonicMs: performance.now() });
    if (event.type === job.at) step();
    const isLast = event.type === 'closed' || event.type === 'gaveUp';
    if (isLast || (job.leaves && event.type === 'ending')) resolve(undefined);
  });
});

/** A camera that tells times of its own, a second apart: what the host's clock does is not in them. */
const camera$ = range(0, job.frames).pipe(
  concatMap((frameId) => timer(20).pipe(map(() => grayFrame({ frameId, capturedAt: startMs + frameId * 1000 })))),
);
const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: job.dir };
if (job.frames > 0) camera$.pipe(rheedSink(platform, options)).subscribe({ error: () => {} }); // it is in the events, too
await over;
await platform.close({ deadlineMs: 0 });
console.log(JSON.stringify({ told, startMs, steppedByMs, leastAgeMs: Math.min(...ages) }));
