// One session of ours, from the streamer's constructor to the end of `finalize`: see ../points.mjs.
import { TimeseriesStreamer } from '../../dist/index.js';
import { measuring, run, spoolOption } from '../upload/run.mjs';
import { channelNames, instrumentValue, secondsOf } from './points.mjs';

const { endpoint, streamName, channels, chunks, pointsPerChunk } = run;
const names = channelNames(channels);
const blockOf = (c, index) => {
  const places = Array.from({ length: pointsPerChunk }, (_, j) => index * pointsPerChunk + j);
  return { timestamps: places.map(secondsOf), values: places.map((k) => instrumentValue(c, k)), units: 'C' };
};
const blocks = Array.from({ length: chunks }, (_, index) => names.map((_, c) => blockOf(c, index)));
const say = measuring();
const streamer = new TimeseriesStreamer({ endpoint, apiKey: 'bench', pointsPerChunk, spool: spoolOption });
const session = await streamer.initialize({ streamName });
for (const [index, each] of blocks.entries())
  for (const [c, block] of each.entries()) streamer.push(session, index, names[c], block);
await streamer.finalize(session);
await streamer[Symbol.asyncDispose]();
say();
