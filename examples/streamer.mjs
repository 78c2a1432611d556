// For scripts that were written against a streamer object: initialize, push, finalize.
import { RHEEDStreamer } from 'epistream';
import { startServer } from 'epistream/server';

const server = await startServer({ port: 0, dataDir: 'epistream-data' });
const streamer = new RHEEDStreamer({ apiKey: 'local', endpoint: server.url });

const session = await streamer.initialize({ fps: 10, rotationsPerMin: 15, chunkSize: 20, streamName: 'A streamer' });
for (let chunk = 0; chunk < 3; chunk++) {
  const data = new Uint8Array(20 * 48 * 64).fill(chunk * 40);
  streamer.push(session, chunk, { data, shape: [20, 48, 64] });
}
const report = await streamer.finalize(session);
console.log(`delivered ${report.delivered} of ${report.offered} frames`);

await streamer[Symbol.asyncDispose]();
await server.close();
