// First light: 26 real RHEED frames go through a pipeline to a platform of your own, and come back out of its store.
// `npm start` runs this; so does `node examples/firstLight.mjs [FOLDER FOR THE DATA]` after `npm run build`.
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileSystemStore } from '@zarrita/storage';
import { fromImages, paceAt, rheedSink, toGray8 } from 'epistream';
import { local } from 'epistream/server';
import { tap } from 'rxjs';
import sharp from 'sharp';
import * as zarr from 'zarrita';

const samples = fileURLToPath(new URL('../samples/xrheed-sb-deposition/', import.meta.url));
const files = (await readdir(samples)).filter((name) => name.endsWith('.png')).sort();
const fps = 10;

// A platform in this process: an HTTP server on a free port, and a connection to it.
const platform = await local({ dir: resolve(process.argv[2] ?? 'epistream-data') });
console.log(`local platform at ${platform.url}`);
console.log(`streaming ${files.length} frames of an Sb deposition at ${fps} fps (assumed: the real rate is not known)`);

let frames = 0;
let stream = '';
await fromImages(samples)
  .pipe(
    toGray8(),
    paceAt(fps),
    tap(() => progress(++frames)),
    rheedSink(platform, { fps, rotationsPerMin: 0, chunkSize: 2 * fps, streamName: 'First light: Sb deposition' }),
  )
  .forEach((event) => {
    if (event.type === 'opened') stream = event.dataId;
    if (event.type === 'delivered') say(`chunk ${event.chunk.index} delivered: ${event.chunk.items} frames`);
    if (event.type === 'closed') say(`closed: ${event.report.delivered} of ${event.report.offered} frames delivered`);
  });
await platform.close();

// Another reader opens what the platform stored, and the images are decoded once more to compare every pixel.
const path = join(platform.dir, stream, 'frames.zarr');
const stored = await zarr.open.v3(zarr.root(new FileSystemStore(path)).resolve('frames'), { kind: 'array' });
let verified = 0;
for (const [index, file] of files.entries()) {
  const image = await sharp(join(samples, file)).extractChannel(0).raw().toBuffer();
  const frame = await zarr.get(stored, [index, null, null]);
  if (image.equals(/** @type {Uint8Array} */ (frame.data))) verified++;
  else console.error(`frame ${index} differs from ${file}`);
}
console.log(`verified ${verified} of ${files.length} frames`);

const shown = relative(process.cwd(), path) || path;
console.log(`\nThe store is ${shown} (Zarr v3, shape ${stored.shape.join(' x ')}). In Python, with \`pip install zarr\`:

  import zarr
  frames = zarr.open_group(${JSON.stringify(shown)}, mode="r")["frames"][:]`);
process.exitCode = verified === files.length && stored.shape[0] === files.length ? 0 : 1;

/** @param {number} count */
function progress(count) {
  if (process.stdout.isTTY) process.stdout.write(`\r${count} of ${files.length} frames`);
  else if (count % fps === 0 || count === files.length) console.log(`${count} of ${files.length} frames`);
}

/** @param {string} line */
function say(line) {
  console.log(process.stdout.isTTY ? `\r${line}` : line);
}
