// Writes the two inputs as raw gray8 frames, one after the other, and says their shapes on its last line:
//
//   node bench/upload/inputs.mjs DIRECTORY
//
// A process of its own: on Linux a child's peak memory starts at what its parent held.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { rheedPattern } from '../../dist/testing/index.js';

const [directory] = process.argv.slice(2);
const samples = fileURLToPath(new URL('../../samples/xrheed-sb-deposition/', import.meta.url));

const real = async () => {
  const paths = readdirSync(samples).filter((name) => name.endsWith('.png'));
  const pictures = await Promise.all(
    paths.map((name) => sharp(join(samples, name)).greyscale().raw().toBuffer({ resolveWithObject: true })),
  );
  const { width, height } = pictures[0].info;
  return { name: 'real', fps: 12, width, height, frames: pictures.map(({ data }) => data) };
};

/** Camera noise, the same at every run: the sum of three uniform numbers is near enough to a Gaussian, here of sigma 4 counts. */
const noiseOf = (seed) => {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return () => 8 * (uniform() + uniform() + uniform());
};

const synthetic = async () => {
  const [width, height, fps] = [500, 300, 120];
  const noise = noiseOf(1);
  const frames = rheedPattern(fps, { width, height, fps }).map(({ data }) =>
    Uint8Array.from(data, (value) => Math.max(0, Math.min(255, Math.round(value + noise())))),
  );
  return { name: 'synthetic', fps, width, height, frames };
};

const inputs = [];
for (const { frames, ...input } of [await real(), await synthetic()]) {
  const file = join(directory, `${input.name}.gray8`);
  writeFileSync(file, Buffer.concat(frames));
  inputs.push({ ...input, distinct: frames.length, chunkSize: 2 * input.fps, file });
}
console.log(JSON.stringify(inputs));
