// A folder of image files to a platform, and what to do when not all of it arrives: `node examples/folder.mjs [FOLDER]`.
import { fileURLToPath } from 'node:url';
import { fromImages, IncompleteSessionError, rheedSink, toGray8 } from 'epistream';
import { local } from 'epistream/server';

const folder = process.argv[2] ?? fileURLToPath(new URL('../samples/xrheed-sb-deposition/', import.meta.url));

// For the platform of your lab: `connect({ apiKey: …, endpoint: … })` from 'epistream'.
const platform = await local({ dir: 'epistream-data' });
try {
  await fromImages(folder)
    .pipe(
      // The window is that of the camera: 0 to 65535 for 16 bits. 8-bit gray needs none and passes untouched.
      toGray8({ window: [0, 65535] }),
      rheedSink(platform, {
        fps: 10,
        rotationsPerMin: 0,
        chunkSize: 20,
        streamName: 'A folder of frames',
        physicalSample: 'Sb-001',
        tags: ['example'],
        azimuth: '[11-2]',
      }),
    )
    .forEach((event) => console.log(event.type));
} catch (error) {
  if (error instanceof IncompleteSessionError) console.error('not delivered:', error.context.report);
  throw error;
} finally {
  await platform.close();
}
