import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, of, take, tap } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { Sample } from '../../src/model/sample.js';
import type { Region } from '../../src/operators/region.js';
import { type RegionIntensityOptions, regionIntensity } from '../../src/operators/regionIntensity.js';
import { timeseriesSink } from '../../src/sinks/timeseriesSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

type Gray = Frame<'gray8' | 'gray16'>;

/** 4 x 3 pixels: 0 1 2 3, 4 5 6 7, 8 9 10 11. */
const counting = (more: Partial<Frame<'gray8'>> = {}) => grayFrame({ capturedAt: 1000, ...more });
const gray16 = (width: number, values: readonly number[]): Frame<'gray16'> => ({
  width,
  height: values.length / width,
  format: 'gray16',
  data: Uint16Array.from(values),
  capturedAt: 1000,
});
const corner: Region = { x: 1, y: 1, width: 3, height: 2 };

const taken = <Name extends string>(frames: readonly Gray[], options: RegionIntensityOptions<Name>) => {
  const received: (readonly Sample<Name>[])[] = [];
  let failure: unknown;
  from(frames)
    .pipe(regionIntensity(options))
    .subscribe({ next: (samples) => received.push(samples), error: (error) => (failure = error) });
  if (failure !== undefined) throw failure;
  return received;
};
const valuesOf = (frame: Gray, options: RegionIntensityOptions) =>
  taken([frame], options)[0]!.map(({ value }) => value);

const refusal = (work: () => unknown): InputError => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error('nothing was thrown');
};

describe('regionIntensity', () => {
  it('emits a sample a region with every frame, and ends as the frames do', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Gray>('a-b--|   ', { a: counting(), b: counting({ frameId: 10, capturedAt: 1100 }) });
      const expected = '         a-b--|   ';
      const subscription = '     ^----!   ';
      const sample = (channel: string, t: number, value: number) => ({ channel, t, value, units: 'grey level' });
      const options = { regions: { spot: { x: 2, y: 1, width: 1, height: 1 }, corner } };
      expectObservable(source.pipe(regionIntensity(options))).toBe(expected, {
        a: [sample('spot', 1000, 6), sample('corner', 1000, 8)],
        b: [sample('spot', 1100, 16), sample('corner', 1100, 18)],
      });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it.each([
    ['never', '          -    ', '-      ', '^    '],
    ['empty', '          --|  ', '--|    ', '^-!  '],
    ['one', '            -a|  ', '-a|    ', '^-!  '],
    ['an error', '       -a#  ', '-a#    ', '^-!  '],
  ])('passes %s through', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const frames = cold<Gray>(source, { a: counting() });
      const a = [{ channel: 'corner', t: 1000, value: 8, units: 'grey level' }];
      expectObservable(frames.pipe(regionIntensity({ regions: { corner } }))).toBe(expected, { a });
      expectSubscriptions(frames.subscriptions).toBe(subscription);
    });
  });

  it('leaves the frames when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Gray>('-a-a-a-', { a: counting() });
      const left = '             ----!  ';
      const expected = '         -a-a   ';
      const subscription = '     ^---!  ';
      const a = [{ channel: 'corner', t: 1000, value: 8, units: 'grey level' }];
      expectObservable(source.pipe(regionIntensity({ regions: { corner } })), left).toBe(expected, { a });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('stops at a frame that it refuses', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Gray>('-ab-c', { a: counting(), b: counting({ width: 3, height: 4 }), c: counting() });
      const expected = '         -a#  ';
      const subscription = '     ^-!  ';
      const fields = regionIntensity({ regions: { corner } });
      const rule = 'must lie inside frame 1, which is 3 x 4 pixels';
      expectObservable(source.pipe(fields)).toBe(
        expected,
        { a: [{ channel: 'corner', t: 1000, value: 8, units: 'grey level' }] },
        new InputError('regions.corner', 'x from 1 to 4, y from 1 to 3', rule),
      );
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('stops a synchronous source when downstream has enough', () => {
    let pulled = 0;
    from(Array.from({ length: 100 }, () => counting()))
      .pipe(
        tap(() => pulled++),
        regionIntensity({ regions: { corner } }),
        take(2),
      )
      .subscribe();
    expect(pulled).toBe(2);
  });

  describe('takes', () => {
    it.each([
      ['mean', 8],
      ['max', 11],
      ['sum', 48],
    ] as const)('the %s of a half-open region', (statistic, value) => {
      expect(valuesOf(counting(), { regions: { corner }, statistic })).toEqual([value]);
      const sliced = { fromX: 1, toX: 4, fromY: 1, toY: 3 };
      expect(valuesOf(counting(), { regions: { sliced }, statistic })).toEqual([value]);
    });

    it('the mean when nothing else is said', () => {
      expect(valuesOf(counting(), { regions: { corner } })).toEqual([8]);
    });

    it('the whole frame, and a single pixel of its last corner', () => {
      const regions = { all: { x: 0, y: 0, width: 4, height: 3 }, last: { x: 3, y: 2, width: 1, height: 1 } };
      expect(valuesOf(counting(), { regions })).toEqual([5.5, 11]);
    });

    it('16-bit grey levels as they are, whatever number of bits is significant', () => {
      const frame = { ...gray16(2, [65_535, 65_535, 65_534, 65_533]), bits: 12 };
      const all: Region = { x: 0, y: 0, width: 2, height: 2 };
      expect(valuesOf(frame, { regions: { all } })).toEqual([65_534.25]);
      expect(valuesOf(frame, { regions: { all }, statistic: 'max' })).toEqual([65_535]);
    });

    it('a sum beyond 32 bits exactly', () => {
      const frame = gray16(400, new Array(400 * 400).fill(65_535));
      const all: Region = { x: 0, y: 0, width: 400, height: 400 };
      expect(valuesOf(frame, { regions: { all }, statistic: 'sum' })).toEqual([65_535 * 160_000]);
    });

    it("a camera's Buffer, and a view at its own offset", () => {
      const bytes = Buffer.from([9, 9, 1, 2, 3, 4]);
      const frame = counting({ width: 2, height: 2, data: bytes.subarray(2) });
      expect(valuesOf(frame, { regions: { all: { x: 0, y: 0, width: 2, height: 2 } }, statistic: 'sum' })).toEqual([
        10,
      ]);
    });

    it('what a loop over every pixel of every region finds, whatever the frame and the regions', () => {
      const span = (size: number) =>
        fc
          .tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 }))
          .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1]);
      const scene = fc
        .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 9 }), deep: fc.boolean() })
        .chain(({ width, height, deep }) =>
          fc.record({
            width: fc.constant(width),
            height: fc.constant(height),
            deep: fc.constant(deep),
            pixels: fc.array(fc.nat({ max: deep ? 65_535 : 255 }), {
              minLength: width * height,
              maxLength: width * height,
            }),
            places: fc.array(fc.tuple(span(width), span(height)), { minLength: 1, maxLength: 5 }),
          }),
        );
      fc.assert(
        fc.property(
          scene,
          fc.constantFrom('mean', 'max', 'sum'),
          ({ width, height, deep, pixels, places }, statistic) => {
            const frame: Gray = deep
              ? gray16(width, pixels)
              : counting({ width, height, data: Uint8Array.from(pixels) });
            const regions = Object.fromEntries(
              places.map(([[fromX, toX], [fromY, toY]], index) => [
                `region ${index}`,
                { fromX: fromX!, toX: toX!, fromY: fromY!, toY: toY! },
              ]),
            );
            const naive = places.map(([[fromX, toX], [fromY, toY]]) => {
              const inside = pixels.filter((_, at) => {
                const [x, y] = [at % width, Math.floor(at / width)];
                return x >= fromX! && x < toX! && y >= fromY! && y < toY!;
              });
              const sum = inside.reduce((before, value) => before + value, 0);
              return { sum, max: Math.max(...inside), mean: sum / inside.length }[statistic];
            });
            expect(valuesOf(frame, { regions, statistic })).toEqual(naive);
          },
        ),
        { numRuns: 200 },
      );
    });
  });

  it('goes into a session of channels as it is', async () => {
    const platform = fakePlatform();
    const regions = { corner, all: { x: 0, y: 0, width: 4, height: 3 } };
    const session = from(frames(10)).pipe(
      regionIntensity({ regions }),
      timeseriesSink(platform, { pointsPerChunk: 4 }),
    );
    expect(await lastValueFrom(session)).toMatchObject({ type: 'closed', report: { offered: 20, delivered: 20 } });
  });

  it('puts the samples in the order in which the regions are named', () => {
    const regions = { streak: corner, specular: corner, 'left of it': corner };
    expect(taken([counting()], { regions })[0]!.map(({ channel }) => channel)).toEqual(Object.keys(regions));
  });

  describe('finds the time of a sample', () => {
    const timesOf = (frames: readonly Gray[], clock: { startMs: number; fps: number } | object = {}) =>
      taken(frames, { regions: { corner }, ...clock }).map(([sample]) => [sample!.t, sample!.timeBase]);
    const { capturedAt: _, ...untimed } = counting();

    it('where its frame was captured, else where it arrived, by the same clock', () => {
      const frames: Gray[] = [
        counting({ arrivedAt: 1005, timeBase: 'recorded' }),
        { ...untimed, arrivedAt: 2005, timeBase: 'host' },
        counting(),
      ];
      expect(timesOf(frames)).toEqual([
        [1000, 'recorded'],
        [2005, 'host'],
        [1000, undefined],
      ]);
    });

    it('by counting on from a start, over what a policy dropped, as a recorded time', () => {
      const gapBefore = { frames: 3, fromMs: 0, toMs: 0, cause: 'policy' } as const;
      const frames: Gray[] = [untimed, { ...untimed, arrivedAt: 9 }, counting(), { ...untimed, gapBefore }];
      expect(timesOf(frames, { startMs: 5000, fps: 4 })).toEqual([
        [5000, 'recorded'],
        [5250, 'recorded'],
        [1000, undefined],
        [6500, 'recorded'],
      ]);
    });

    it('anew with every subscription', () => {
      const intensity$ = of<Gray>(untimed).pipe(regionIntensity({ regions: { corner }, startMs: 0, fps: 1 }));
      const times: number[] = [];
      for (const _ of [1, 2]) intensity$.subscribe(([sample]) => times.push(sample!.t));
      expect(times).toEqual([0, 0]);
    });

    it('or refuses the frame, and says to stamp it', () => {
      expect(refusal(() => timesOf([counting(), untimed])).message).toBe(
        'capturedAt of frame 1 must be there, or arrivedAt: stamp the frames (ms UTC), or give startMs and fps to count on, and is undefined',
      );
    });

    it.each([
      ['capturedAt', 1.7e9],
      ['capturedAt', Number.NaN],
      ['arrivedAt', Infinity],
    ])('or refuses %s %d by name', (field, time) => {
      expect(refusal(() => timesOf([{ ...untimed, [field]: time }])).context).toMatchObject({
        field: `${field} of frame 0`,
        value: time,
      });
    });
  });

  describe('refuses at once', () => {
    const right = { x: 0, y: 0, width: 1, height: 1 };

    it.each([
      [{ ...right, width: 0 }, 'regions.spot must have a pixel, and is "x from 0 to 0, y from 0 to 1"'],
      [{ ...right, height: 0 }, 'regions.spot must have a pixel, and is "x from 0 to 1, y from 0 to 0"'],
      [{ fromX: 3, toX: 3, fromY: 0, toY: 1 }, 'regions.spot must have a pixel, and is "x from 3 to 3, y from 0 to 1"'],
      [{ fromX: 0, toX: 1, fromY: 4, toY: 2 }, 'regions.spot must have a pixel, and is "x from 0 to 1, y from 4 to 2"'],
      [{ ...right, x: -1 }, 'regions.spot.x must be a whole number of pixels, 0 or more, and is -1'],
      [{ ...right, y: 0.5 }, 'regions.spot.y must be a whole number of pixels, 0 or more, and is 0.5'],
      [
        { ...right, width: Infinity },
        'regions.spot.width must be a whole number of pixels, 0 or more, and is Infinity',
      ],
      [{ ...right, height: '4' }, 'regions.spot.height must be a whole number of pixels, 0 or more, and is "4"'],
      [
        { fromX: 0, toX: 1, fromY: Number.NaN, toY: 2 },
        'regions.spot.fromY must be a whole number of pixels, 0 or more, and is NaN',
      ],
      ...[{ x: 0, y: 0, width: 1 }, { ...right, toX: 2 }, { x: 0, y: 0, toX: 1, toY: 1 }, {}].map(
        (region): [object, string] => [
          region,
          'regions.spot must be either { x, y, width, height } or { fromX, toX, fromY, toY }, and is an object',
        ],
      ),
    ])('the region %j', (spot, message) => {
      expect(refusal(() => regionIntensity({ regions: { spot: spot as Region } })).message).toBe(message);
    });

    it.each([
      [{ regions: {} }, 'regions'],
      [{ regions: [corner] }, 'regions'],
      [{ regions: null }, 'regions'],
      [{ regions: { spot: null } }, 'regions.spot'],
      [{}, 'regions'],
      [null, 'options'],
      [{ regions: { corner }, statistic: 'median' }, 'statistic'],
      [{ regions: { corner }, fps: 4 }, 'startMs'],
      [{ regions: { corner }, startMs: 4 }, 'fps'],
      [{ regions: { corner }, startMs: 4, fps: 0 }, 'fps'],
      [{ regions: { corner }, startMs: 1.7e9, fps: 1 }, 'startMs'],
      [{ regions: { corner }, roi: 1 }, 'roi'],
    ])('the options %j, by the name of %s', (options, field) => {
      expect(refusal(() => regionIntensity(options as never)).context.field).toBe(field);
    });
  });

  describe('refuses with the first frame', () => {
    it.each([
      ['to the right', { x: 1, y: 0, width: 4, height: 1 }],
      ['below', { x: 0, y: 1, width: 1, height: 3 }],
    ])('a region that leaves it %s, by name', (_, outside) => {
      const { context } = refusal(() => taken([counting()], { regions: { corner, outside } }));
      expect(context).toMatchObject({
        field: 'regions.outside',
        rule: 'must lie inside frame 0, which is 4 x 3 pixels',
      });
    });

    it('colour, also where types do not keep it out', () => {
      const colour: Frame<'rgb8'> = { width: 1, height: 1, format: 'rgb8', data: new Uint8Array(3), capturedAt: 0 };
      // @ts-expect-error colour has no grey level
      const work = () => of(colour).pipe(regionIntensity({ regions: { corner } }));
      expect(work).not.toThrow();
      expect(refusal(() => taken([colour as never], { regions: { corner } })).message).toBe(
        'format of frame 0 must be gray8 or gray16: put toGray8 before, and is "rgb8"',
      );
    });

    it.each([
      [undefined, 'frame'],
      [null, 'frame'],
      [counting({ data: new Uint8Array(11) }), 'data'],
      [counting({ data: new Uint8Array(12), width: 4.8, height: 2.5 }), 'data'],
      [{ ...counting(), data: new Uint16Array(12) }, 'data'],
      [{ ...counting(), format: 'gray16' }, 'data'],
      [{ ...counting(), data: undefined }, 'data'],
    ])('what is no frame (%#)', (frame, field) => {
      expect(refusal(() => taken([frame as Gray], { regions: { corner } })).context.field).toBe(field);
    });
  });
});
