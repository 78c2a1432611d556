import { defer, type Observable } from 'rxjs';
import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import { findImages } from './findImages.js';
import { type FromFramesOptions, fromFrames } from './fromFrames.js';
import { readAhead } from './readAhead.js';
import { readImage } from './readImage.js';

/** How {@link fromImages} reads. */
export interface FromImagesOptions extends FromFramesOptions {
  /** When the first frame was captured, ms UTC; goes with `fps`. Default: the frames carry no time. */
  readonly startMs?: number;
  /** Frames a second of the capture; goes with `startMs`. */
  readonly fps?: number;
}

/**
 * Files decoded at a time. What is decoded ahead waits for the budget's room and so is not charged to it: a charge there would
 * be waited for by itself.
 */
const AHEAD = 3;

/**
 * Emits the frames of image files, in natural order (`frame2.png` before `frame10.png`).
 *
 * `input` is a folder (the images directly in it), a file, a pattern such as `run42/*.png`, or an array of these, read one after
 * the other. PNG, TIFF (a frame a page), JPEG and PGM, recognised by content:
 *
 * | file | frame |
 * |---|---|
 * | 8-bit gray | `gray8` |
 * | 16-bit gray | `gray16`; PGM with the `bits` of its maximum |
 * | 8-bit colour, palette | `rgb8`, with transparency `rgba8` |
 *
 * Pixels are those of the file: no colour profile, gamma or orientation is applied. Files wait for the budget's room, and up to
 * three frames are decoded ahead of it. Each subscription looks for the files anew.
 *
 * A frame has a `capturedAt` (and `timeBase: 'recorded'`) only when `startMs` and `fps` say it: a file's date changes when the
 * file is copied, and a date in its name has no time zone.
 *
 * @throws InputError at the call, for options. The Observable fails with an `InputError` when nothing is found, and with an
 * `ImageError` that names a file that cannot be read, after the frames before it.
 *
 * @example
 * ```ts
 * import { fromImages } from 'epistream';
 * import { take } from 'rxjs';
 *
 * await fromImages('samples/xrheed-sb-deposition', { startMs: 0, fps: 2 })
 *   .pipe(take(2))
 *   .forEach(({ width, height, format, capturedAt }) => console.log(width, height, format, capturedAt));
 * // → 1388 1038 gray8 0
 * // → 1388 1038 gray8 500
 * ```
 */
export const fromImages = (input: string | readonly string[], options: FromImagesOptions = {}): Observable<Frame> => {
  const stamp = stampOf(options);
  return defer(() => fromFrames(framesOf(input, stamp), options));
};

type Stamp = (frame: Frame, index: number) => Frame;

async function* framesOf(input: string | readonly string[], stamp: Stamp): AsyncGenerator<Frame> {
  const files = await findImages(input);
  let index = 0;
  const images = files.map((file) => () => readImage(file));
  for await (const frame of readAhead(images, AHEAD)) yield stamp(frame, index++);
}

const stampOf = ({ startMs, fps }: FromImagesOptions): Stamp => {
  if (startMs === undefined && fps === undefined) return (frame) => frame;
  if (!Number.isFinite(startMs))
    throw new InputError('startMs', startMs, 'goes with fps and must be a finite number of ms');
  if (!(Number.isFinite(fps) && fps! > 0)) throw new InputError('fps', fps, 'goes with startMs and must be above 0');
  return (frame, index) => ({ ...frame, capturedAt: startMs! + (index * 1000) / fps!, timeBase: 'recorded' });
};
