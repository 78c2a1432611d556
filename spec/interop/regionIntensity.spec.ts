import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, toArray } from 'rxjs';
import type { Frame } from '../../src/model/frame.js';
import { regionIntensity } from '../../src/operators/regionIntensity.js';
import { regionStatistics } from '../../src/operators/regionStatistic.js';
import { fromImages } from '../../src/sources/fromImages.js';
import { growthVideo } from './growthVideo.js';
import { runPython } from './python.js';

const images = join('spec', 'fixtures', 'rotation16bit');
const places = { all: [0, 320, 0, 200], middle: [150, 170, 90, 110], corner: [319, 320, 199, 200] } as const;
const regions = Object.fromEntries(
  Object.entries(places).map(([name, [fromX, toX, fromY, toY]]) => [name, { fromX, toX, fromY, toY }]),
);

describe('regionIntensity', () => {
  it('takes out of real 16-bit images what numpy does: means to rounding, maxima and sums exactly', async () => {
    const numpy = await runPython('./region_intensity.py', [images, JSON.stringify(places)]);
    expect(numpy.kind).toBe('uint16');
    for (const statistic of regionStatistics) {
      const ours = await lastValueFrom(
        fromImages(images, { startMs: 0, fps: 1 }).pipe(
          map((frame) => frame as Frame<'gray16'>),
          regionIntensity({ regions, statistic }),
          map((samples) => samples.map(({ value }) => value)),
          toArray(),
        ),
      );
      const expected = numpy[statistic] as number[][];
      expect(ours.length).toBe(7);
      if (statistic !== 'mean') expect(ours).toEqual(expected);
      else ours.flat().forEach((value, at) => expect(value / expected.flat()[at]!).toBeCloseTo(1, 12));
    }
  }, 300_000);

  if (growthVideo.isThere)
    it('of the decoded frames of a video is within 1.2 grey levels of what they were made of', async () => {
      const { startMs, fps, specular } = growthVideo;
      const samples = await lastValueFrom(
        growthVideo.frames().pipe(regionIntensity({ regions: { specular }, startMs, fps }), toArray()),
      );
      const truth = growthVideo.truth();
      expect(samples.map(([sample]) => Math.round(sample!.t))).toEqual(truth.map(({ t }) => t));
      const worst = Math.max(...samples.map(([sample], index) => Math.abs(sample!.value - truth[index]!.value)));
      process.stdout.write(
        `regionIntensity on ${samples.length} video frames: at most ${worst.toFixed(3)} grey levels off\n`,
      );
      expect(worst).toBeLessThan(1.2);
    }, 300_000);
});
