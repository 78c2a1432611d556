// One session of ours, from `connect` to `close`: see ../upload.mjs.
import { pipe } from 'rxjs';
import { Budget, connect, fromFrames, paceAt, rheedSink } from '../../dist/index.js';
import { openZstd } from '../../dist/zarr/zstd/openZstd.js';
import { framesOf, measuring, now, run, spoolOption } from './run.mjs';

const { endpoint, fps, chunkSize, paced, budgetMiB } = run;
const frames = framesOf(run);
const zstd = (await openZstd()).name;
const accepted = [];
const say = measuring();
const budget = new Budget(budgetMiB * 2 ** 20);
const platform = connect({ endpoint, apiKey: 'bench', budget, spool: spoolOption });
const pace = paced ? paceAt(fps, { budget }) : pipe();
await fromFrames(frames, { budget })
  .pipe(pace, rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize, streamName: 'bench' }))
  .forEach((event) => {
    if (event.type === 'accepted') accepted.push(now());
  });
await platform.close();
say({ accepted, zstd });
