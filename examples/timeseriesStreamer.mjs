// For scripts that were written against a streamer object: two channels of points, and two more in one call.
import { TimeseriesStreamer } from 'epistream';
import { startServer } from 'epistream/server';

const server = await startServer({ port: 0, dataDir: 'epistream-data' });
const streamer = new TimeseriesStreamer({ apiKey: 'local', endpoint: server.url, pointsPerChunk: 50 });

const session = await streamer.initialize({ streamName: 'Two gauges' });
const start = Date.now() / 1000;
for (let chunk = 0; chunk < 4; chunk++) {
  const timestamps = Array.from({ length: 50 }, (_, i) => start + (chunk * 50 + i) / 10);
  const values = timestamps.map((seconds) => 600 + Math.sin(seconds));
  streamer.push(session, chunk, 'temperature', { timestamps, values, units: 'C' });
}
streamer.pushMulti(session, 0, {
  'Ga flux': { timestamps: [start, start + 1], values: [1.2e-7, 1.3e-7], units: 'mbar' },
  pressure: { timestamps: [start, start + 1], values: [3e-10, Number.NaN], units: 'mbar' },
});
const report = await streamer.finalize(session);
console.log(`delivered ${report.delivered} of ${report.offered} points`);

await streamer[Symbol.asyncDispose]();
await server.close();
