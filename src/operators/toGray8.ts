import { defer, map, type OperatorFunction } from 'rxjs';
import { checkOptionNames } from '../model/checkOptionNames.js';
import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import { channelsOf, type PixelFormat } from '../model/pixelFormat.js';
import { type ColourPick, colourPicks, grayOfColour } from './grayOfColour.js';
import { firstFrameWindow, type GrayWindow, grayOfWindow } from './grayOfWindow.js';

interface ColourOptions {
  /**
   * What becomes of colour: one channel, their `'mean'` (truncated, as `numpy.mean(…).astype(uint8)`), or `'luma'` (ITU-R BT.601,
   * `0.299 R + 0.587 G + 0.114 B`, rounded half up). Alpha is left out. No default: without it, channels must be equal.
   */
  readonly from?: ColourPick;
}

/** How frames become 8-bit grey. 16-bit frames need exactly one of `window` and `bits`; there is no default on purpose. */
export type ToGray8Options = ColourOptions &
  (
    | { readonly window?: never; readonly bits?: never; readonly onWindow?: never }
    /** Counts that become black and white. */
    | { readonly window: GrayWindow; readonly bits?: never; readonly onWindow?: never }
    /** Significant bits of a 16-bit frame, 1 to 16: the window `[0, 2^bits - 1]`. */
    | { readonly bits: number; readonly window?: never; readonly onWindow?: never }
    /** Minimum and maximum of the first 16-bit frame of each subscription, held from then on. */
    | {
        readonly window: 'first-frame';
        readonly bits?: never;
        /** Told which window was taken. Default: a process warning with code `EPISTREAM_WINDOW`. */
        readonly onWindow?: (window: GrayWindow) => void;
      }
  );

/**
 * Makes every frame 8-bit grey, the only kind that a RHEED session takes.
 *
 * A gray8 frame passes untouched, the identical object. A 16-bit value v becomes `(v - lo) * 255 / (hi - lo)`, clamped and
 * rounded half up, by one window for the whole stream: a scale that changes from frame to frame would destroy the intensity
 * oscillations. Everything else a frame carries stays with it (but `bits`, which described the 16-bit values).
 *
 * `'first-frame'` refuses a dark first frame, one whose values span fewer than 255 counts: stretched to 8 bits, single
 * counts of noise would become the whole scale. A hot pixel sets its maximum as well; look at the window it announces.
 *
 * @throws InputError at the call for a bad `window`, `bits` or `from`; on the Observable, with the number of the frame, for
 * 16-bit frames without `window` or `bits`, for colour without `from`, for a dark first frame, and for data of a wrong length.
 *
 * @example Twelve bits to eight
 * ```ts
 * import { toGray8 } from 'epistream';
 * import { of } from 'rxjs';
 *
 * const frame = { width: 4, height: 1, format: 'gray16', bits: 12, data: Uint16Array.of(0, 1000, 2048, 4095), frameId: 17 };
 * of(frame)
 *   .pipe(toGray8({ window: [0, 4095] }))
 *   .subscribe(({ format, data, frameId }) => console.log(format, [...data], frameId));
 * // → gray8 [ 0, 62, 128, 255 ] 17
 * ```
 */
export const toGray8 = (options: ToGray8Options = {}): OperatorFunction<Frame, Frame<'gray8'>> => {
  const { from } = options;
  checkOptionNames('toGray8', options, optionNames);
  const fixed = fixedWindow(options);
  if (from !== undefined && !colourPicks.includes(from))
    throw new InputError('from', from, `must be one of ${colourPicks.join(', ')}`);
  return (source) =>
    defer(() => {
      let grayOf16 = fixed && grayOfWindow(fixed);
      const hold = (window: GrayWindow) => {
        (options.onWindow ?? announce)(window);
        return grayOfWindow(window);
      };
      const grayOf = (frame: Frame, frameNo: number): Uint8Array => {
        if (frame.format !== 'gray16') return grayOfColour(frame as Frame<ColourFormat>, frameNo, from);
        if (!grayOf16 && options.window !== 'first-frame') throw noWindow(frameNo);
        grayOf16 ??= hold(firstFrameWindow(frame.data as Uint16Array, frameNo));
        return grayOf16(frame.data as Uint16Array);
      };
      return source.pipe(
        map((frame, frameNo): Frame<'gray8'> => {
          if (frame?.format === 'gray8') return frame as Frame<'gray8'>;
          checkData(frame, frameNo);
          const { bits: _, ...kept } = frame;
          return { ...kept, format: 'gray8', data: grayOf(frame, frameNo) };
        }),
      );
    });
};

const optionNames = ['window', 'bits', 'from', 'onWindow'];

type ColourFormat = Exclude<PixelFormat, 'gray8' | 'gray16'>;

const fixedWindow = ({ window, bits }: ToGray8Options): GrayWindow | undefined => {
  if (window !== undefined && bits !== undefined)
    throw new InputError('bits', bits, 'must not be given together with window');
  if (bits !== undefined) {
    if (Number.isInteger(bits) && bits >= 1 && bits <= 16) return [0, 2 ** bits - 1];
    throw new InputError('bits', bits, 'must be a whole number from 1 to 16');
  }
  if (window === undefined || window === 'first-frame') return undefined;
  const [lo, hi] = Array.isArray(window) ? (window as GrayWindow) : [Number.NaN, Number.NaN];
  if (Number.isFinite(lo) && Number.isFinite(hi) && lo < hi && window.length === 2) return [lo, hi];
  throw new InputError(
    'window',
    Array.isArray(window) ? `[${window.join(', ')}]` : window,
    "must be [lo, hi], finite and lo < hi, or 'first-frame'",
  );
};

const noWindow = (frameNo: number) =>
  new InputError(
    'window',
    undefined,
    `must be [lo, hi] or 'first-frame' (or give bits), because frame ${frameNo} is gray16`,
  );

const checkData = (frame: Frame, frameNo: number): void => {
  if (typeof frame !== 'object' || frame === null) throw new InputError('frame', frame, `${frameNo} must be a frame`);
  const { format, data, width, height } = frame;
  const channels: number | undefined = channelsOf[format];
  if (channels === undefined)
    throw new InputError('format', format, `of frame ${frameNo} must be one of ${Object.keys(channelsOf).join(', ')}`);
  const kind = format === 'gray16' ? 'Uint16Array' : 'Uint8Array';
  if (data?.[Symbol.toStringTag] !== kind) throw new InputError('data', data, `of frame ${frameNo} must be a ${kind}`);
  const length = width * height * channels;
  if (data.length !== length)
    throw new InputError(
      'data',
      data,
      `of frame ${frameNo} must hold ${length} values (${width} x ${height} x ${channels})`,
    );
};

const announce = ([lo, hi]: GrayWindow): void =>
  process.emitWarning(`toGray8 shows counts ${lo} to ${hi}, taken from the first 16-bit frame, as 0 to 255`, {
    code: 'EPISTREAM_WINDOW',
  });
