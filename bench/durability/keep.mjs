// A run whose platform is away, from `connect` until all of it is durable; it stays in the spool: see ../durability.mjs.
import { Budget, connect, fromFrames, rheedSink } from '../../dist/index.js';
import { framesOf, measuring, run, spoolOption } from '../upload/run.mjs';

const { endpoint, fps, chunkSize, chunks, budgetMiB } = run;
const frames = framesOf(run);
let keptBytes = 0;
let kept = 0;
const say = measuring();
const budget = new Budget(budgetMiB * 2 ** 20);
const platform = connect({ endpoint, apiKey: 'bench', budget, spool: spoolOption });
await new Promise((allKept, failed) =>
  fromFrames(frames, { budget })
    .pipe(rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize, streamName: 'bench' }))
    .subscribe({
      next: (event) => {
        if (event.type !== 'durable') return;
        keptBytes += event.bytes;
        if (++kept === chunks) allKept();
      },
      error: (error) => (kept === chunks ? undefined : failed(error)), // given up below
    }),
);
say({ keptBytes });
await platform.close({ deadlineMs: 0 });
