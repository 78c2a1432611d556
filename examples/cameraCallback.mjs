// A camera that calls back: it does not wait, so what happens when memory is full has to be chosen.
import { fromCallback, rheedSink, toGray8 } from 'epistream';
import { local } from 'epistream/server';

const width = 64;
const height = 48;
const fps = 20;

/** Stands for a camera's SDK: 12-bit frames in one buffer that it overwrites, 45 of them. */
const camera = {
  /** @param {(pixels: Uint16Array, id: number) => void} onFrame @param {() => void} onStop */
  start(onFrame, onStop) {
    const buffer = new Uint16Array(width * height);
    let id = 0;
    const timer = setInterval(() => {
      if (id === 45) return onStop();
      buffer.fill((id * 90) % 4096);
      onFrame(buffer, id++);
    }, 1000 / fps);
    return () => clearInterval(timer);
  },
};

const frames$ = fromCallback(
  (push, { complete }) =>
    camera.start((data, frameId) => push({ width, height, format: 'gray16', bits: 12, data, frameId }), complete),
  { overflow: 'drop-newest' },
);

const platform = await local({ dir: 'epistream-data' });
await frames$
  .pipe(
    toGray8({ bits: 12 }),
    rheedSink(platform, { fps, rotationsPerMin: 15, chunkSize: 2 * fps, streamName: 'Camera by callback' }),
  )
  .forEach((event) => {
    if (event.type === 'gap') console.log(`${event.gap.frames} frames dropped`);
    if (event.type === 'closed') console.log(`delivered ${event.report.delivered} of ${event.report.offered} frames`);
  });
await platform.close();
