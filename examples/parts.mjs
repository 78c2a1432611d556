// The sink taken apart: you open the session, make the chunks, send them, and end it.
import { openRheed, uploadChunk } from 'epistream';
import { local } from 'epistream/server';
import { frames } from 'epistream/testing';
import { bufferCount, from } from 'rxjs';

const platform = await local({ dir: 'epistream-data' });
const session = openRheed(platform, { fps: 5, rotationsPerMin: 0, chunkSize: 10, streamName: 'The parts' });

// `bufferCount` is rxjs's own; a chunk is sent as it is given, so the last one is short.
await from(frames(25, { width: 64, height: 48, fps: 5 }))
  .pipe(bufferCount(10), uploadChunk(session))
  .forEach((event) => {
    if (event.type === 'delivered') console.log(`chunk ${event.chunk.index}: ${event.chunk.items} frames`);
  });

await session.end().forEach((event) => {
  if (event.type === 'closed') console.log(`delivered ${event.report.delivered} of ${event.report.offered} frames`);
});
await platform.close();
