import type { Frame } from '../model/frame.js';

type Gray = Frame<'gray8'> | Frame<'gray16'>;

/** A place in a file. */
interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * Decodes a portable graymap, binary (`P5`, big-endian) or ASCII (`P2`), to the pixels as they are in the file: never scaled.
 *
 * A maximum of at most 255 makes `gray8`, a larger one `gray16` with the bits the maximum needs (16383: 14). A pixel
 * above the maximum is kept as it is, and so are `bits`: instruments put a mark in the first pixel, and one mark must not change
 * the depth of a frame. Only the first image of a file is read. Throws a plain `Error` with the reason.
 *
 * @see https://netpbm.sourceforge.net/doc/pgm.html
 *
 * @internal
 */
export const decodePgm = (bytes: Uint8Array): Gray => {
  const cursor = { bytes, at: 2 };
  const [width, height, maximum] = [header(cursor, 'width'), header(cursor, 'height'), header(cursor, 'maximum')];
  if (maximum > 65_535) throw new Error(`its maximum is ${maximum}, above 65535`);
  const count = width * height;
  const readPixels = bytes[1] === 0x32 ? readAscii : readBinary;
  if (maximum <= 255)
    return { width, height, format: 'gray8', data: readPixels(cursor, count, (length) => new Uint8Array(length)) };
  const data = readPixels(cursor, count, (length) => new Uint16Array(length));
  return { width, height, format: 'gray16', data, bits: 32 - Math.clz32(maximum) };
};

/** Whether a file begins as a graymap does. */
export const isPgm = ([p, digit, blank]: Uint8Array): boolean =>
  p === 0x50 && (digit === 0x32 || digit === 0x35) && blank !== undefined && (isBlank(blank) || blank === HASH);

const HASH = 0x23;

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

const header = (cursor: Cursor, name: string): number => {
  const value = readNumber(cursor);
  if (value === undefined || value === 0) throw new Error(`it has no ${name}`);
  return value;
};

/** Skips blanks and comments, then reads digits; `undefined` at the end of the file. */
const readNumber = (cursor: Cursor): number | undefined => {
  const { bytes } = cursor;
  skipBlanks(cursor);
  const start = cursor.at;
  let value = 0;
  for (let byte = bytes[cursor.at]; byte !== undefined && !isBlank(byte); byte = bytes[++cursor.at]) {
    if (byte < 0x30 || byte > 0x39) throw new Error(`byte ${cursor.at} is not part of a number`);
    value = value * 10 + byte - 0x30;
  }
  return cursor.at === start ? undefined : value;
};

const skipBlanks = (cursor: Cursor): void => {
  const { bytes } = cursor;
  for (let byte = bytes[cursor.at]; byte !== undefined; byte = bytes[++cursor.at]) {
    if (byte === HASH) cursor.at = endOfLine(bytes, cursor.at);
    else if (!isBlank(byte)) return;
  }
};

const endOfLine = (bytes: Uint8Array, from: number): number => {
  const found = bytes.indexOf(0x0a, from);
  return found === -1 ? bytes.length : found;
};

const tooShort = (found: number, count: number) => new Error(`it ends after ${found} of ${count} pixels`);

type Make<A> = (length: number) => A;

const readAscii = <A extends Uint8Array | Uint16Array>(cursor: Cursor, count: number, make: Make<A>): A => {
  // The smallest pixel is a digit and a blank: a header cannot ask for more memory than its file is worth.
  const most = Math.ceil((cursor.bytes.length - cursor.at) / 2);
  if (most < count) throw tooShort(most, count);
  const pixels = make(count);
  const limit = 2 ** (8 * pixels.BYTES_PER_ELEMENT);
  for (let index = 0; index < count; index++) {
    const value = readNumber(cursor);
    if (value === undefined) throw tooShort(index, count);
    if (value >= limit)
      throw new Error(`pixel ${index} is ${value}, which does not fit its ${limit === 256 ? 8 : 16} bits`);
    pixels[index] = value;
  }
  return pixels;
};

const readBinary = <A extends Uint8Array | Uint16Array>({ bytes, at }: Cursor, count: number, make: Make<A>): A => {
  const size = make(0).BYTES_PER_ELEMENT;
  const raster = bytes.subarray(at + 1, at + 1 + count * size);
  if (raster.length < count * size) throw tooShort(Math.floor(raster.length / size), count);
  const pixels = make(count);
  if (size === 1) pixels.set(raster);
  else for (let index = 0; index < count; index++) pixels[index] = (raster[2 * index]! << 8) | raster[2 * index + 1]!;
  return pixels;
};
