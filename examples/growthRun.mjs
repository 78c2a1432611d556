// A growth run with simulated instruments: two gauges and a camera under one name, a note, and the run found again by its name.
import { resolve } from 'node:path';
import { growthRun, mergeChannels } from 'epistream';
import { local } from 'epistream/server';
import { rheedPattern } from 'epistream/testing';
import { from, interval, lastValueFrom, map, merge, take } from 'rxjs';

const platform = await local({ dir: resolve('growth-data') });
const run = growthRun(platform, { name: 'Growth run 42', physicalSample: 'GaN-001', operator: 'Anna' });

/** A reading every 50 ms, twenty in all. */
const readings = (/** @type {(index: number) => number} */ valueAt) =>
  interval(50).pipe(
    take(20),
    map((index) => ({ t: Date.now(), value: valueAt(index) })),
  );
const samples$ = mergeChannels(
  { temperature: readings((index) => 580 + index), pressure: readings((index) => 2e-8 * 1.1 ** index) },
  { units: { temperature: 'C', pressure: 'mbar' } },
);

run.note('open Ga');
await merge(
  from(rheedPattern(20)).pipe(run.rheedSink({ fps: 10, rotationsPerMin: 0, chunkSize: 20 })),
  samples$.pipe(run.timeseriesSink({ pointsPerChunk: 10 })),
).forEach((event) => {
  if (event.type === 'closed') console.log(event.report.kind, event.report.delivered, 'delivered');
});
run.note('close Ga');
await lastValueFrom(run.end());

// Any process that knows the name finds the streams, also after a restart.
for (const { part, segment, state } of await lastValueFrom(growthRun(platform, { name: 'Growth run 42' }).streams()))
  console.log(part, segment, state);
await platform.close();
