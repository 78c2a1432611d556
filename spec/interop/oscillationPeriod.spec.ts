import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import type { Reading } from '../../src/model/sample.js';
import { oscillationPeriod } from '../../src/operators/oscillationPeriod.js';
import { regionIntensity } from '../../src/operators/regionIntensity.js';
import { dataFolder, growthVideo } from './growthVideo.js';
import { runPython } from './python.js';

const growthFolder = join(dataFolder, 'm3-rheed-intensity-500hz');

/** A trace, what offline it is compared with, and what is looked for in it: seconds. */
interface Trace {
  readonly what: string;
  readonly isThere: boolean;
  readonly readings: () => Promise<readonly Reading[]>;
  readonly truth: () => readonly Reading[];
  readonly window: number;
  readonly shortest: number;
  readonly longest: number;
  /** Share of the power that is a clear peak offline. A pulse's step has harmonics, and half its power there. */
  readonly share: number;
  /** At least so many windows have to be clear. */
  readonly clear: number;
}

/** Values of a one-dimensional float64 file of numpy's, version 1. */
const fromNpy = (path: string): Float64Array => {
  const bytes = readFileSync(path);
  return new Float64Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length),
  );
};

const pulsedGrowth = (): readonly Reading[] => {
  const [times, values] = ['x', 'y'].map((axis) => fromNpy(join(growthFolder, `treated_213nm-${axis}_all.npy`)));
  return Array.from(times!, (seconds, index) => ({ t: 1000 * seconds, value: values![index]! }));
};

const intensityOfVideo = (): Promise<readonly Reading[]> => {
  const { startMs, fps, specular } = growthVideo;
  return lastValueFrom(
    growthVideo.frames().pipe(
      regionIntensity({ regions: { specular }, startMs, fps }),
      mergeMap((samples) => samples),
      toArray(),
    ),
  );
};

/** Layers of 3.1 s that fade, on a drift. */
const synthetic = Array.from(
  { length: 600 },
  (_, n): Reading => ({ t: 100 * n, value: 90 + n / 20 + 20 * Math.exp(-n / 300) * Math.cos((2 * Math.PI * n) / 31) }),
);

const m3 = { isThere: existsSync(growthFolder), readings: async () => pulsedGrowth(), truth: pulsedGrowth };
const video = { isThere: growthVideo.isThere, readings: intensityOfVideo, truth: growthVideo.truth };
const made = { isThere: true, readings: async () => synthetic, truth: () => synthetic };
const pulses = { window: 10, shortest: 0.4, longest: 2.5, share: 0.4 };
const traces: readonly Trace[] = [
  { ...made, what: 'fading layers', window: 20, shortest: 1, longest: 6, share: 0.5, clear: 30 },
  { ...m3, what: 'the layers of a real growth at 500 Hz', window: 30, shortest: 5, longest: 15, share: 0.8, clear: 8 },
  { ...m3, what: 'the laser pulses of a real growth at 500 Hz', ...pulses, clear: 20 },
  { ...video, what: 'the laser pulses in a video at 10 Hz', ...pulses, clear: 10 },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-interop-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('oscillationPeriod', () => {
  it.each(traces.filter(({ isThere }) => isThere))(
    'is within 5 % of an FFT where that is sure of itself, and found in nine windows of ten: $what',
    async ({ what, readings, truth, window, shortest, longest, share, clear }) => {
      // A pulse's steps are no sinusoid: one explains half of them at best.
      const period = oscillationPeriod({
        windowMs: 1000 * window,
        minPeriodMs: 1000 * shortest,
        maxPeriodMs: 1000 * longest,
        rotationsPerMin: 0,
        cycles: 2,
        minStrength: 0.2,
      });
      const found = await lastValueFrom(from(await readings()).pipe(period, toArray()));
      const asked = { window, shortest, longest, share, ends: found.map(({ t }) => t / 1000) };
      const trace = { times: truth().map(({ t }) => t / 1000), values: truth().map(({ value }) => value) };
      await writeFile(join(folder, 'trace.json'), JSON.stringify({ ...asked, ...trace }));
      const { periods } = await runPython('./oscillation_period.py', [join(folder, 'trace.json')]);
      const sure = found.flatMap(({ value }, look) => {
        const offline = (periods as (number | null)[])[look];
        return typeof offline === 'number' ? [Math.abs(value / offline - 1)] : [];
      });
      const differences = sure.filter((difference) => !Number.isNaN(difference));
      const worst = Math.max(...differences);
      process.stdout.write(
        `${what}: ${differences.length} of ${sure.length} clear windows, at most ${(100 * worst).toFixed(2)} % off\n`,
      );
      expect(sure.length).toBeGreaterThanOrEqual(clear);
      expect(differences.length).toBeGreaterThanOrEqual(0.9 * sure.length);
      expect(worst).toBeLessThan(0.05);
    },
    300_000,
  );
});
