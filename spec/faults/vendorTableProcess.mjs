// A run in a process of its own, to be killed or watched: on a spool, at a pace that leaves time for both. Prints a line of JSON for
// each chunk that is durable or delivered, synchronously, so that the line's place among the calls to the system says when.
import { writeSync } from 'node:fs';
import { connect, rheedSink } from 'epistream';
import { grayFrame } from 'epistream/testing';
import { lastValueFrom, map, take, timer } from 'rxjs';

const [endpoint = '', dir = '', frames = ''] = process.argv.slice(2);
const platform = connect({
  endpoint,
  apiKey: 'the-key-of-the-lab',
  retry: { baseMs: 20, capMs: 100 },
  spool: { dir, minFreeBytes: 0 },
});
platform.events$.subscribe((event) => {
  if (event.type === 'durable' || event.type === 'delivered')
    writeSync(1, `${JSON.stringify({ type: event.type, chunk: event.chunk.index })}\n`);
});

/** Noise that begins with the frame's number. @param {number} frameId */
const pixels = (frameId) => {
  const data = new Uint8Array(20_000);
  for (let k = 0, state = frameId + 1; k < data.length; k++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    data[k] = state >>> 16;
  }
  data[0] = frameId;
  return data;
};

await lastValueFrom(
  timer(0, 20).pipe(
    take(Number(frames)),
    map((frameId) => grayFrame({ width: 200, height: 100, frameId, data: pixels(frameId) })),
    rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: 'Growth run 42' }),
  ),
);
await platform.close();
