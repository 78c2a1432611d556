// Channels that give a sample a second, for a while: what the process does in a stretch of it that neither begins nor ends the session.
import { interval } from 'rxjs';
import { map, take, tap } from 'rxjs/operators';
import { connect, timeseriesSink } from '../../dist/index.js';
import { measuring, run, spoolOption } from '../upload/run.mjs';
import { countDisk } from './countDisk.mjs';
import { channelNames, instrumentValue, now } from './points.mjs';

const { endpoint, streamName, channels, seconds, settleSeconds } = run;
const names = channelNames(channels);
const disk = await countDisk();
const kept = [];
let before;
let stretch;
let sampledAt;

const snapshot = () => ({ at: now(), cpu: process.cpuUsage(), ...disk() });
const watch = (k) => {
  if (k === settleSeconds) before = snapshot();
  if (k !== settleSeconds + seconds) return;
  const { user, system } = process.cpuUsage(before.cpu);
  const { at, written, syncs, pages } = snapshot();
  stretch = {
    ms: at - before.at,
    cpuMs: (user + system) / 1e3,
    written: written - before.written,
    syncs: syncs - before.syncs,
    pages: pages - before.pages,
  };
};

const say = measuring();
const platform = connect({ endpoint, apiKey: 'bench', spool: spoolOption });
await interval(1000)
  .pipe(
    take(settleSeconds + seconds + 1),
    tap(watch),
    map((k) => {
      sampledAt = Date.now();
      return names.map((channel, c) => ({ channel, t: sampledAt, value: instrumentValue(c, k), units: 'C' }));
    }),
    timeseriesSink(platform, { streamName }),
  )
  .forEach((event) => {
    if (event.type === 'durable') kept.push(now() - sampledAt);
  });
await platform.close();
say({ stretch, kept });
