import { defer, map, type OperatorFunction } from 'rxjs';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { checkTimeMs } from '../model/checkTimeMs.js';
import { InputError } from '../model/errors.js';
import type { Frame, TimeBase } from '../model/frame.js';
import type { Sample } from '../model/sample.js';
import { checkInside, namedRegions, type Region } from './region.js';
import { type RegionStatistic, regionStatistic, regionStatistics } from './regionStatistic.js';

/** Which intensities are taken out of a frame. */
export type RegionIntensityOptions<Name extends string = string> = {
  /** Where, by the name that the channel gets. They may overlap. */
  readonly regions: Readonly<Record<Name, Region>>;
  /** The mean of a region's pixels, the brightest of them, or their sum. Default `'mean'`. */
  readonly statistic?: RegionStatistic;
} & (
  | { readonly startMs?: never; readonly fps?: never }
  /** Capture time of frame 0, ms UTC, and frames a second: frames without a `capturedAt` are counted on, as `rheedSink` does. */
  | { readonly startMs: number; readonly fps: number }
);

/**
 * Takes the intensity of named regions out of every grey frame: a channel each.
 *
 * Emits an array a frame, one sample a region, in the order in which they are named: what `timeseriesSink` takes, as it is or
 * merged with other channels. Values are in the frame's own grey levels, of 8 or 16 bits; sums are exact. A sample's time is its
 * frame's `capturedAt`, else `arrivedAt`, with the frame's `timeBase`; counted times (`startMs`) are `'recorded'`, and count what
 * a `gapBefore` dropped. Regions are read from the frame while it is here: a camera may reuse its memory afterwards.
 *
 * ```
 * frames                                  a       b       |
 * regionIntensity({ specular, streak })   [s₀ k₀] [s₁ k₁] |
 * ```
 *
 * @throws InputError at the call for an option or a region that breaks a rule; on the Observable for a frame that does not hold a
 * region, is not grey (put `toGray8` before), or has no time while `startMs` and `fps` are not given.
 *
 * @example
 * ```ts
 * import { regionIntensity } from 'epistream';
 * import { rheedPattern } from 'epistream/testing';
 * import { from } from 'rxjs';
 *
 * const regions = {
 *   specular: { x: 30, y: 22, width: 4, height: 4 },
 *   streak: { fromX: 48, toX: 51, fromY: 12, toY: 36 },
 * };
 * from(rheedPattern(2))
 *   .pipe(regionIntensity({ regions, statistic: 'max' }))
 *   .subscribe((samples) => console.log(samples.map(({ channel, value }) => `${channel} ${value}`).join(', ')));
 * // → specular 230, streak 86
 * // → specular 217, streak 81
 * ```
 *
 * @example One region as a channel, for `alignChannels` or `oscillationPeriod`
 * ```ts
 * import { regionIntensity } from 'epistream';
 * import { rheedPattern } from 'epistream/testing';
 * import { filter, from, mergeMap, take } from 'rxjs';
 *
 * const regions = { specular: { x: 30, y: 22, width: 4, height: 4 }, all: { x: 0, y: 0, width: 64, height: 48 } };
 * const specular$ = from(rheedPattern(3)).pipe(
 *   regionIntensity({ regions }),
 *   mergeMap((samples) => samples),
 *   filter(({ channel }) => channel === 'specular'),
 * );
 * specular$.pipe(take(1)).subscribe(({ channel, value, units }) => console.log(channel, value.toFixed(1), units));
 * // → specular 177.4 grey level
 * ```
 */
export const regionIntensity = <Name extends string>(
  options: RegionIntensityOptions<Name>,
): OperatorFunction<Frame<'gray8' | 'gray16'>, readonly Sample<Name>[]> => {
  checkOptions(options);
  const regions = namedRegions(options.regions);
  const { statistic = 'mean' } = options;
  return (source) =>
    defer(() => {
      const timeOf = frameTimes(options);
      return source.pipe(
        map((frame, frameNo) => {
          checkGray(frame, frameNo);
          checkInside(regions, frame, frameNo);
          const time = timeOf(frame, frameNo);
          const values = regionStatistic(frame, regions, statistic);
          return regions.map(({ name }, index) => ({
            channel: name,
            ...time,
            value: values[index]!,
            units: 'grey level',
          }));
        }),
      );
    });
};

const optionNames = ['regions', 'statistic', 'startMs', 'fps'];

const checkOptions = (options: RegionIntensityOptions): void => {
  if (typeof options !== 'object' || options === null) throw new InputError('options', options, 'must be an object');
  checkOptionNames('regionIntensity', options, optionNames);
  const { statistic, startMs, fps } = options;
  if (statistic !== undefined && !regionStatistics.includes(statistic))
    throw new InputError('statistic', statistic, `must be one of ${regionStatistics.join(', ')}`);
  if (startMs !== undefined) checkTimeMs('startMs', startMs);
  if ((startMs !== undefined || fps !== undefined) && !(Number.isFinite(fps) && fps! > 0))
    throw new InputError('fps', fps, 'must be a finite number above 0, beside startMs');
  if (fps !== undefined && startMs === undefined) throw new InputError('startMs', startMs, 'must be given beside fps');
};

/** Counted as `rheedSink` counts: a frame and its intensities are found at the same time. */
const frameTimes = ({ startMs, fps }: RegionIntensityOptions) => {
  let count = 0;
  return (frame: Frame, frameNo: number): { readonly t: number; readonly timeBase?: TimeBase } => {
    count += frame.gapBefore?.frames ?? 0;
    const index = count++;
    const { capturedAt, timeBase } = frame;
    const t = capturedAt ?? (startMs === undefined ? frame.arrivedAt : undefined);
    if (t !== undefined) {
      checkTimeMs(`${capturedAt === undefined ? 'arrivedAt' : 'capturedAt'} of frame ${frameNo}`, t);
      return { t, ...(timeBase === undefined ? {} : { timeBase }) };
    }
    if (startMs !== undefined) return { t: startMs + (index * 1000) / fps, timeBase: 'recorded' };
    throw new InputError(
      'capturedAt',
      t,
      `of frame ${frameNo} must be there, or arrivedAt: stamp the frames (ms UTC), or give startMs and fps to count on`,
    );
  };
};

const checkGray = (frame: Frame<'gray8' | 'gray16'>, frameNo: number): void => {
  if (typeof frame !== 'object' || frame === null) throw new InputError('frame', frame, 'must be a frame');
  const { width, height, format, data } = frame;
  if (format !== 'gray8' && format !== 'gray16')
    throw new InputError('format', format, `of frame ${frameNo} must be gray8 or gray16: put toGray8 before`);
  const kind = format === 'gray16' ? 'Uint16Array' : 'Uint8Array';
  // A camera's Buffer is a Uint8Array, and an array of another realm is no `instanceof`.
  if (data?.[Symbol.toStringTag] !== kind) throw new InputError('data', data, `of frame ${frameNo} must be a ${kind}`);
  if (!Number.isInteger(width) || data.length !== width * height)
    throw new InputError('data', data, `of frame ${frameNo} must hold ${width} x ${height} values`);
};
