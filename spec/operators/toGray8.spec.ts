import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { concat, defer, NEVER, of, take } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { PixelFormat } from '../../src/model/pixelFormat.js';
import { type ToGray8Options, toGray8 } from '../../src/operators/toGray8.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

interface Golden {
  gray16: { width: number; height: number; data: number[] };
  windows: { window: [number, number]; gray: number[] }[];
  bits: Record<string, number[]>;
  rgb: { width: number; height: number; data: number[] };
  from: Record<'mean' | 'luma' | 'red' | 'green' | 'blue', number[]>;
}
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/toGray8/numpy.json', import.meta.url), 'utf8'));

const gray16 = (values: readonly number[], more: Partial<Frame<'gray16'>> = {}): Frame<'gray16'> => ({
  width: values.length,
  height: 1,
  format: 'gray16',
  data: Uint16Array.from(values),
  ...more,
});

const colour = (format: Exclude<PixelFormat, 'gray8' | 'gray16'>, values: readonly number[]): Frame => ({
  width: values.length / (format.length === 5 ? 4 : 3),
  height: 1,
  format,
  data: Uint8Array.from(values),
});

const converted = (frames: Frame[], options?: ToGray8Options): Frame<'gray8'>[] => {
  const received: Frame<'gray8'>[] = [];
  let failure: unknown;
  of(...frames)
    .pipe(toGray8(options))
    .subscribe({ next: (frame) => received.push(frame), error: (error) => (failure = error) });
  if (failure !== undefined) throw failure;
  return received;
};
const pixels = (frame: Frame, options?: ToGray8Options) => [...converted([frame], options)[0]!.data];

const thrownBy = (work: () => unknown): InputError => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error('nothing was thrown');
};
const fieldOf = (work: () => unknown) => thrownBy(work).context.field;

describe('toGray8', () => {
  it('passes a native gray8 frame untouched, the identical object', () => {
    const frame = grayFrame();
    expect(converted([frame])[0]).toBe(frame);
    expect(converted([frame], { window: [0, 10], from: 'red' })[0]).toBe(frame);
  });

  it.each(golden.windows)('equals numpy in every pixel for window $window', ({ window, gray }) => {
    const { width, height, data } = golden.gray16;
    expect(pixels(gray16(data, { width, height }), { window })).toEqual(gray);
  });

  it.each(Object.entries(golden.bits))('equals numpy in every pixel for %s bits', (bits, gray) => {
    const { width, height, data } = golden.gray16;
    expect(pixels(gray16(data, { width, height }), { bits: Number(bits) })).toEqual(gray);
  });

  it.each(Object.entries(golden.from))('equals numpy in every pixel for %s of colour', (from, gray) => {
    const { width, height, data } = golden.rgb;
    const frame: Frame = { width, height, format: 'rgb8', data: Uint8Array.from(data) };
    expect(pixels(frame, { from: from as 'mean' })).toEqual(gray);
  });

  it('rounds halves up and clamps at both ends', () => {
    expect(pixels(gray16([0, 1, 2, 3, 510, 511, 65_535]), { window: [0, 510] })).toEqual([0, 1, 1, 2, 255, 255, 255]);
    expect(pixels(gray16([0, 99, 100, 65_535]), { window: [100, 355] })).toEqual([0, 0, 0, 255]);
  });

  it('keeps what the camera knew, and drops the bits that described the 16-bit values', () => {
    const known = {
      capturedAt: 5,
      frameId: 7,
      deviceTicks: 9n,
      exposureSeconds: 0.01,
      gain: 2,
      timeBase: 'recorded',
    } as const;
    const gapBefore = { frames: 1, fromMs: 1, toMs: 1, cause: 'policy' } as const;
    const [frame] = converted([gray16([0, 4095], { ...known, gapBefore, bits: 12 })], { bits: 12 });
    expect(frame).toEqual({ width: 2, height: 1, format: 'gray8', data: Uint8Array.of(0, 255), ...known, gapBefore });
  });

  it('reads a view at its own offset, also of a SharedArrayBuffer', () => {
    const shared = new Uint16Array(new SharedArrayBuffer(12));
    shared.set([1, 2, 4095, 0, 5, 6]);
    expect(pixels(gray16([], { width: 2, data: shared.subarray(2, 4) }), { bits: 12 })).toEqual([255, 0]);
  });

  it('does not write into the frame it was given', () => {
    const frame = gray16([1, 2, 3]);
    expect(converted([frame], { bits: 8 })[0]!.data).not.toBe(frame.data);
    expect([...frame.data]).toEqual([1, 2, 3]);
  });

  describe('16-bit frames without a scale', () => {
    it('are refused by number and field, also when the frame says how many bits it has', () => {
      const { message, context } = thrownBy(() => converted([grayFrame(), gray16([1, 2], { bits: 12 })]));
      expect(context.field).toBe('window');
      expect(message).toContain('frame 1 is gray16');
    });

    it('do not compile with both window and bits, and are refused at the call', () => {
      // @ts-expect-error one scale at a time
      expect(fieldOf(() => toGray8({ window: [0, 1], bits: 12 }))).toBe('bits');
      // @ts-expect-error nothing to announce
      expect(toGray8({ bits: 12, onWindow: () => {} })).toBeDefined();
    });
  });

  it.each([
    { window: [5, 5] },
    { window: [6, 5] },
    { window: [Number.NaN, 5] },
    { window: [0, Infinity] },
    { window: [-Infinity, 0] },
    { window: [0] },
    { window: [0, 1, 2] },
    { window: ['0', '1'] },
    { window: 'first' },
    { window: 4095 },
  ])('refuses the window $window at the call', ({ window }) => {
    expect(fieldOf(() => toGray8({ window: window as never }))).toBe('window');
  });

  it.each([0, 17, 1.5, Number.NaN, -1, '12'])('refuses %j bits at the call', (bits) => {
    expect(fieldOf(() => toGray8({ bits: bits as number }))).toBe('bits');
  });

  it('refuses an unknown colour at the call', () => {
    expect(fieldOf(() => toGray8({ from: 'average' as 'mean' }))).toBe('from');
  });

  it('refuses an option it has not, by name', () => {
    const attempt = () => toGray8({ windows: [0, 1] } as never);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow('windows is not an option of toGray8 (window, bits, from, onWindow)');
  });

  it.each([undefined, null, 7])('refuses %p for a frame, by its number', (frame) => {
    let error: unknown;
    of(frame as unknown as Frame)
      .pipe(toGray8())
      .subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toMatchObject({ _tag: 'InputError', context: { field: 'frame', value: frame } });
  });

  describe("window: 'first-frame'", () => {
    const bright = gray16([100, 200, 1100]);

    it('takes minimum and maximum of the first 16-bit frame and holds them', () => {
      const later = gray16([0, 100, 600, 2000]);
      const seen: unknown[] = [];
      const options = { window: 'first-frame', onWindow: (window: unknown) => seen.push(window) } as const;
      const data = converted([grayFrame(), bright, later], options).map((frame) => [...frame.data]);
      expect(data.slice(1)).toEqual([
        [0, 26, 255],
        [0, 0, 128, 255],
      ]);
      expect(seen).toEqual([[100, 1100]]);
    });

    it('takes a window of its own for every subscription', () => {
      const seen: unknown[] = [];
      const runs = [bright, gray16([0, 300])];
      const grays = defer(() => of(runs.shift()!)).pipe(
        toGray8({ window: 'first-frame', onWindow: (window) => seen.push(window) }),
      );
      grays.subscribe();
      grays.subscribe();
      expect(seen).toEqual([
        [100, 1100],
        [0, 300],
      ]);
    });

    it('announces the window as a process warning unless told otherwise', () => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      try {
        converted([bright, bright], { window: 'first-frame' });
        expect(warn.mock.calls).toEqual([
          [expect.stringContaining('counts 100 to 1100'), { code: 'EPISTREAM_WINDOW' }],
        ]);
      } finally {
        warn.mockRestore();
      }
    });

    it.each([
      [[0, 0, 0], 0],
      [[500, 500], 0],
      [[100, 354], 254],
    ])('refuses the dark frame %j', (values, span) => {
      const { message, context } = thrownBy(() => converted([gray16(values)], { window: 'first-frame' }));
      expect(context).toMatchObject({ field: 'window', value: 'first-frame' });
      expect(message).toContain(`frame 0 spans ${span} counts`);
    });

    it('takes a frame that spans 255 counts', () => {
      expect(pixels(gray16([100, 355]), { window: 'first-frame', onWindow: () => {} })).toEqual([0, 255]);
    });
  });

  describe('colour', () => {
    it('needs no choice while all channels are equal', () => {
      expect(pixels(colour('rgb8', [7, 7, 7, 9, 9, 9]))).toEqual([7, 9]);
      expect(pixels(colour('bgra8', [7, 7, 7, 1, 9, 9, 9, 200]))).toEqual([7, 9]);
    });

    it('is refused by number, field and place when they differ', () => {
      const gray = colour('rgb8', [1, 1, 1, 2, 2, 2]);
      for (const values of [
        [1, 1, 1, 2, 2, 3],
        [1, 1, 1, 2, 3, 2],
        [1, 1, 1, 3, 2, 2],
      ]) {
        const { message, context } = thrownBy(() => converted([gray, colour('rgb8', values)]));
        expect(context.field).toBe('from');
        expect(message).toContain('frame 1 (rgb8) differ at (1, 0)');
      }
    });

    it.each([
      ['rgb8', [10, 20, 60]],
      ['bgr8', [60, 20, 10]],
      ['rgba8', [10, 20, 60, 255]],
      ['bgra8', [60, 20, 10, 255]],
    ] as const)('is read in the order of %s, alpha left out', (format, values) => {
      const as = (from: 'mean' | 'luma' | 'red' | 'green' | 'blue') => pixels(colour(format, values), { from })[0];
      expect([as('red'), as('green'), as('blue'), as('mean'), as('luma')]).toEqual([10, 20, 60, 30, 22]);
    });
  });

  it.each([
    ['data that is too short', { ...gray16([1, 2]), width: 3 }, 'data'],
    ['16-bit data in bytes', { ...gray16([1, 2]), data: new Uint8Array(2) }, 'data'],
    ['a Float32Array', { ...gray16([1, 2]), data: new Float32Array(2) }, 'data'],
    ['no data', { ...gray16([1, 2]), data: undefined }, 'data'],
    ['a format nobody knows', { ...gray16([1, 2]), format: 'float32' }, 'format'],
  ])('refuses %s by field and frame number', (_, frame, field) => {
    const { message, context } = thrownBy(() => converted([gray16([1]), frame as unknown as Frame], { bits: 12 }));
    expect(context.field).toBe(field);
    expect(message).toContain('frame 1');
  });

  it('refuses a detached buffer', () => {
    const frame = gray16([1, 2]);
    structuredClone(frame.data, { transfer: [frame.data.buffer as ArrayBuffer] });
    expect(fieldOf(() => converted([frame], { bits: 12 }))).toBe('data');
  });

  describe('in time', () => {
    const values = { a: gray16([0]), b: gray16([4095]), w: colour('rgb8', [1, 2, 3]) };
    const grays = {
      a: grayFrame({ width: 1, height: 1, data: Uint8Array.of(0) }),
      b: grayFrame({ width: 1, height: 1, data: Uint8Array.of(255) }),
    };

    it.each([
      ['never', '  -     ', '-     ', '^     '],
      ['empty', '  --|   ', '--|   ', '^-!   '],
      ['one', '    -a-|  ', '-a-|  ', '^--!  '],
      ['many', '   -ab-a|', '-ab-a|', '^----!'],
      ['an error', '-ab#  ', '-ab#  ', '^--!  '],
    ])('passes %s through', (_, source, expected, subscription) => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const frames = cold<Frame>(source, values);
        expectObservable(frames.pipe(toGray8({ bits: 12 }))).toBe(expected, grays);
        expectSubscriptions(frames.subscriptions).toBe(subscription);
      });
    });

    it('leaves the source at the first bad frame, with what came before delivered', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const frames = cold<Frame>(' -a-b-w-a|', values);
        const expected = '           -a-b-#    ';
        const subscription = '       ^----!    ';
        const error = new InputError(
          'from',
          undefined,
          'must be one of mean, luma, red, green, blue, because the channels of frame 2 (rgb8) differ at (0, 0)',
        );
        expectObservable(frames.pipe(toGray8({ bits: 12 }))).toBe(expected, grays, error);
        expectSubscriptions(frames.subscriptions).toBe(subscription);
      });
    });

    it('leaves the source when it is left', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const frames = cold<Frame>(' -a-b-a|', values);
        const left = '               ---!    ';
        const expected = '           -a      ';
        expectObservable(frames.pipe(toGray8({ bits: 12 })), left).toBe(expected, grays);
        expectSubscriptions(frames.subscriptions).toBe('^--!');
      });
    });

    it('stops a synchronous source that was left', () => {
      const received: unknown[] = [];
      let pulled = 0;
      const endless = (function* () {
        for (;;) {
          pulled++;
          yield values.a;
        }
      })();
      concat(endless, NEVER)
        .pipe(toGray8({ bits: 12 }), take(2))
        .subscribe((frame) => received.push(frame));
      expect([received.length, pulled]).toEqual([2, 2]);
    });
  });
});
