import { InputError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import { channelsOf, type PixelFormat } from '../model/pixelFormat.js';

/** What to take of a colour. */
export const colourPicks = ['mean', 'luma', 'red', 'green', 'blue'] as const;
export type ColourPick = (typeof colourPicks)[number];

/** The grey of red, green and blue, which the byte array truncates. Luma is ITU-R BT.601's, in whole numbers: halves are exact. */
const grayOf: Readonly<Record<ColourPick, (red: number, green: number, blue: number) => number>> = {
  mean: (red, green, blue) => (red + green + blue) / 3,
  luma: (red, green, blue) => (299 * red + 587 * green + 114 * blue + 500) / 1000,
  red: (red) => red,
  green: (_, green) => green,
  blue: (_red, _green, blue) => blue,
};

/** One grey value a pixel, without alpha. Without `from` the channels must be equal, else an `InputError` names it. */
export const grayOfColour = (frame: Frame<PixelFormat>, frameNo: number, from?: ColourPick): Uint8Array => {
  const { data, format } = frame;
  const step = channelsOf[format];
  const [red, blue] = format.startsWith('bgr') ? [2, 0] : [0, 2];
  if (from === undefined) checkEqual(frame, step, frameNo);
  const toGray = grayOf[from ?? 'green'];
  const gray = new Uint8Array(data.length / step);
  for (let pixel = 0, at = 0; pixel < gray.length; pixel++, at += step)
    gray[pixel] = toGray(data[at + red]!, data[at + 1]!, data[at + blue]!);
  return gray;
};

const checkEqual = ({ data, format, width }: Frame, step: number, frameNo: number): void => {
  for (let at = 0; at < data.length; at += step) {
    if (data[at] === data[at + 1] && data[at] === data[at + 2]) continue;
    const pixel = at / step;
    const place = `(${pixel % width}, ${Math.floor(pixel / width)})`;
    throw new InputError(
      'from',
      undefined,
      `must be one of ${colourPicks.join(', ')}, because the channels of frame ${frameNo} (${format}) differ at ${place}`,
    );
  }
};
