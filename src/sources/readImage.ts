import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { ImageError } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import { decodePgm, isPgm } from './pgm.js';

/** How the files begin that we give to sharp: it would also read drawings and web formats, which no camera writes. */
const signatures = {
  PNG: [0x89, 0x50, 0x4e, 0x47],
  JPEG: [0xff, 0xd8, 0xff],
  'little-endian TIFF': [0x49, 0x49, 0x2a, 0],
  'big-endian TIFF': [0x4d, 0x4d, 0, 0x2a],
  'little-endian BigTIFF': [0x49, 0x49, 0x2b, 0],
  'big-endian BigTIFF': [0x4d, 0x4d, 0, 0x2b],
};

/**
 * Reads the frames of a file: one, or one for each page of a TIFF, decoded as they are asked for.
 *
 * The file is recognised by its content. It is read whole and closed at once, so that no handle outlives a subscription and
 * Windows lets the folder be moved. Every failure is an `ImageError`.
 *
 * @internal
 */
export async function* readImage(path: string): AsyncGenerator<Frame> {
  try {
    const bytes = await readFile(path);
    if (isPgm(bytes)) yield decodePgm(bytes);
    else yield* decodePages(bytes);
  } catch (cause) {
    throw new ImageError(path, reasonOf(cause), { cause });
  }
}

async function* decodePages(bytes: Uint8Array): AsyncGenerator<Frame> {
  if (!Object.values(signatures).some((signature) => signature.every((byte, index) => bytes[index] === byte)))
    throw new Error('it is not a PNG, TIFF, JPEG or PGM image');
  const { pages = 1 } = await (await open(bytes, 0)).metadata().catch(damaged);
  for (let page = 0; page < pages; page++) yield await decodePage(bytes, page);
}

/** Loaded with the first image: who streams a camera needs no image library, and none may be there for the system. */
const sharp = async () => (await import('sharp')).default;

// 'error': a picture cut short would else be read as one with a grey end. A camera's pixels are measurements: no profile is applied.
const open = async (bytes: Uint8Array, page: number): Promise<Sharp> =>
  (await sharp())(bytes, { page, failOn: 'error', ignoreIcc: true });

const decodePage = async (bytes: Uint8Array, page: number): Promise<Frame> => {
  const image = await open(bytes, page);
  const format = formatOf(await image.metadata().catch(damaged));
  const { data, info } = await rawOf(image, format);
  const Pixels = format === 'gray16' ? Uint16Array : Uint8Array;
  return {
    width: info.width,
    height: info.height,
    format,
    data: new Pixels(data.buffer, data.byteOffset, data.byteLength / Pixels.BYTES_PER_ELEMENT),
  } as Frame;
};

const rawOf = (image: Sharp, format: keyof typeof spaces) =>
  image
    // Without its colour space said, sharp makes three channels of 8 bits from one of 16.
    .toColourspace(spaces[format])
    .raw({ depth: format === 'gray16' ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(damaged);

const damaged = (cause: unknown): never => {
  throw new Error(`it is damaged or cut short (${reasonOf(cause)})`, { cause });
};

const spaces = { gray8: 'b-w', gray16: 'grey16', rgb8: 'srgb', rgba8: 'srgb' } as const;

const formatOf = ({ depth, channels, space, hasAlpha }: Metadata): keyof typeof spaces => {
  const kind = `${depth} ${space}${hasAlpha ? ' alpha' : ''}`;
  const format = formats[kind];
  if (format === undefined)
    throw new Error(`its pixels (${channels} channels, ${kind}) are neither 8 or 16-bit gray nor 8-bit colour`);
  return format;
};

const formats: Readonly<Record<string, keyof typeof spaces>> = {
  'uchar b-w': 'gray8',
  'uchar b-w alpha': 'rgba8',
  'ushort grey16': 'gray16',
  'uchar srgb': 'rgb8',
  'uchar srgb alpha': 'rgba8',
};

const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).trim().replaceAll(/\s*\n\s*/g, '; ');
