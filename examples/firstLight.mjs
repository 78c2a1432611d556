// First light: 26 real RHEED frames and five minutes of a real growth log go through pipelines to a platform of your own, as one growth
// run, and come back out of its stores. `npm start` runs this; so does `node examples/firstLight.mjs [FOLDER FOR THE DATA]` after
// `npm run build`.
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileSystemStore } from '@zarrita/storage';
import {
  alignChannels,
  fromEpicLog,
  fromEpicMessages,
  fromImages,
  growthRun,
  paceAt,
  regionIntensity,
  toGray8,
} from 'epistream';
import { local } from 'epistream/server';
import { filter, merge, mergeMap, share, tap } from 'rxjs';
import sharp from 'sharp';
import * as zarr from 'zarrita';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const images = join(samples, 'xrheed-sb-deposition');
const log = join(samples, 'pdi-epic-mbe-log');
const files = (await readdir(images)).filter((name) => name.endsWith('.png')).sort();

// A platform in this process: an HTTP server on a free port, and a connection to it.
const platform = await local({ dir: resolve(process.argv[2] ?? 'epistream-data') });
const run = growthRun(platform, { name: 'First light' });
console.log(`local platform at ${platform.url}`);
console.log(
  `streaming ${files.length} frames of an Sb deposition, and five minutes of the log of an oxide MBE beside them`,
);

// Frames and log are of two growths, and when the frames were taken is not known. To be aligned they need times: one every two seconds,
// such that the gallium shutter of the log opens in the middle of them.
const fps = 0.5;
const startMs = Date.parse('2023-06-12T00:23:00Z');
console.log('(two growths: the times of the frames are made up, to lie in those of the log)');

// Several pipelines share one reading of the files; all of them begin at once, further down.
const frames$ = fromImages(images, { startMs, fps }).pipe(toGray8(), paceAt(10), share());
const specular$ = frames$.pipe(
  regionIntensity({ regions: { specular: { x: 726, y: 214, width: 24, height: 24 } } }),
  mergeMap((readings) => readings),
);
const written = /** @type {const} */ ({ dateOrder: 'dmy', timeZone: 'Europe/Berlin', onNotice: () => {} });
const log$ = fromEpicLog(log, written).pipe(share());
const channelOf = (/** @type {string} */ name) => log$.pipe(filter(({ channel }) => channel === name));

// What spot, substrate and shutter were at the moment of every frame.
const rows$ = alignChannels(
  { specular: specular$, substrate: channelOf('Sub.PID.MV'), gallium: channelOf('Ga_Sh') },
  {
    axis: { follow: 'specular' },
    lateness: Number.POSITIVE_INFINITY,
    fill: { substrate: 'linear', gallium: 'hold' },
    tolerance: { substrate: 5_000 },
  },
);

/** @type {import('epistream').Sample[]} */
const points = [];
/** @type {import('epistream').AlignedRow<'specular' | 'substrate' | 'gallium'>[]} */
const rows = [];
/** @type {Record<string, string>} */
const streams = {};
let frames = 0;
await merge(
  frames$.pipe(
    tap(() => progress(++frames)),
    run.rheedSink({ fps, rotationsPerMin: 0, chunkSize: 20 }),
    told('frames'),
  ),
  merge(log$, specular$).pipe(
    tap((sample) => points.push(sample)),
    run.timeseriesSink(),
    told('points'),
  ),
  rows$.pipe(
    tap((row) => rows.push(row)),
    run.timeseriesSink(),
    told('aligned rows'),
  ),
  fromEpicMessages(log, written).pipe(run.eventSink(), told('messages')),
).forEach(() => {});

console.log('aligned, around the opening of the gallium shutter:');
const opening = rows.findIndex(({ values }) => values.gallium === 1);
for (const { t, values } of rows.slice(opening - 2, opening + 2)) {
  const at = new Date(t).toISOString().slice(11, 19);
  const gallium = values.gallium === 1 ? 'open' : 'closed';
  console.log(
    `  ${at}  spot ${values.specular.toFixed(1)}  substrate ${values.substrate.toFixed(1)}  gallium ${gallium}`,
  );
}

/** @type {{ data_id: string, path: string }[]} */
const listed = JSON.parse(await (await fetch(`${platform.url}/streams`)).text());
await platform.close();

// Another reader opens what the platform stored, and the images are decoded once more to compare every pixel.
const stored = await openArray('frames', 'frames');
let pixels = 0;
for (const [index, file] of files.entries()) {
  const image = await sharp(join(images, file)).extractChannel(0).raw().toBuffer();
  const frame = await zarr.get(stored, [index, null, null]);
  if (image.equals(/** @type {Uint8Array} */ (frame.data))) pixels++;
  else console.error(`frame ${index} differs from ${file}`);
}
const sentRows = rows.flatMap(({ t, values }) =>
  Object.entries(values).map(([channel, value]) => ({ channel, t, value })),
);
const found = { points: await foundOf('points', points), rows: (await foundOf('aligned rows', sentRows)) / 3 };
console.log(
  `verified ${pixels} of ${files.length} frames, ${found.points} of ${points.length} points, ${found.rows} of ${rows.length} aligned rows`,
);

const folder = dirname(dirname(pathOf('frames')));
const shown = (/** @type {string} */ path) => JSON.stringify(relative(process.cwd(), path) || path);
console.log(`\nThe run is in ${shown(folder)}, as Zarr v3 stores. In Python, with \`pip install zarr\`:

  import zarr
  frames = zarr.open_group(${shown(pathOf('frames'))}, mode="r")["frames"][:]
  substrate = zarr.open_group(${shown(pathOf('points'))}, mode="r")["Sub.PID.MV"]
  time, value = substrate["time"][:], substrate["value"][:]`);
const isWhole = pixels === files.length && stored.shape[0] === files.length;
process.exitCode =
  isWhole && found.points === points.length && found.rows === rows.length && rows.length === files.length ? 0 : 1;

/**
 * Tells what has become of a pipeline, and remembers which stream is its.
 *
 * @param {string} what
 */
function told(what) {
  return tap((/** @type {import('epistream').SessionEvent} */ event) => {
    if (event.type === 'opened') streams[what] = event.dataId;
    if (event.type === 'closed') say(`closed: ${event.report.delivered} of ${event.report.offered} ${what} delivered`);
  });
}

/**
 * How many of the readings the platform has as they were sent, channel by channel and in order.
 *
 * @param {string} what
 * @param {readonly import('epistream').Sample[]} sent
 */
async function foundOf(what, sent) {
  let found = 0;
  for (const channel of new Set(sent.map((sample) => sample.channel))) {
    const readings = sent.filter((sample) => sample.channel === channel);
    const [time, value] = await Promise.all([numbersOf(what, `${channel}/time`), numbersOf(what, `${channel}/value`)]);
    found += readings.filter(
      (sample, index) => time[index] === sample.t / 1000 && Object.is(value[index], sample.value),
    ).length;
    if (time.length !== readings.length) console.error(`${channel} has ${time.length} of ${readings.length} points`);
  }
  return found;
}

/** @param {string} what @param {string} array */
async function numbersOf(what, array) {
  const { data } = await zarr.get(await openArray(what, array));
  return /** @type {Float64Array} */ (data);
}

/** @param {string} what @param {string} array */
function openArray(what, array) {
  return zarr.open.v3(zarr.root(new FileSystemStore(pathOf(what))).resolve(array), { kind: 'array' });
}

/** @param {string} what */
function pathOf(what) {
  const path = listed.find(({ data_id }) => data_id === streams[what])?.path;
  if (path === undefined) throw new Error(`the platform does not list the ${what}`);
  return path;
}

/** @param {number} count */
function progress(count) {
  if (process.stdout.isTTY) process.stdout.write(`\r${count} of ${files.length} frames`);
  else if (count % 10 === 0 || count === files.length) console.log(`${count} of ${files.length} frames`);
}

/** @param {string} line */
function say(line) {
  console.log(process.stdout.isTTY ? `\r${line}` : line);
}
