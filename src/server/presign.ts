import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

/** Leave to PUT one chunk of frames: all that the platform must know of it, so that it need remember nothing. */
export interface UploadGrant {
  readonly dataId: string;
  /** Zero-based place of the chunk in its stream. */
  readonly index: number;
  /** Frames in this chunk, at most `chunkSize`. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Frames a chunk of this stream, as declared. */
  readonly chunkSize: number;
  /** Capture time of the first frame, ms UTC by the reference clock. */
  readonly startMs: number;
  readonly fps: number;
  /** When the leave ends, ms UTC. */
  readonly expiresMs: number;
}

/** The route that `grantPath` leads to. */
export const storageRoute = '/store/:dataId/frames.zarr/frames/c/:index/0/0';

const mark = '&signature=';
const isGrantPath = /^\/store\/([0-9a-f-]{36})\/frames\.zarr\/frames\/c\/(\d{1,16})\/0\/0$/;

const hmac = (secret: Uint8Array, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');

/** The path and query of the URL that carries a grant, signed with HMAC-SHA256. */
export const grantPath = (secret: Uint8Array, grant: UploadGrant): string => {
  const { dataId, index, frames, height, width, chunkSize, startMs, fps, expiresMs } = grant;
  const query = new URLSearchParams({
    dims: [frames, height, width].join(),
    chunk_size: String(chunkSize),
    start: String(startMs),
    fps: String(fps),
    expires: String(expiresMs),
  });
  const signed = `/store/${dataId}/frames.zarr/frames/c/${index}/0/0?${query}`;
  return signed + mark + hmac(secret, signed);
};

/** The grant in the path and query of a request, or a 403: signed by somebody else, altered, or over. */
export const readGrant = (secret: Uint8Array, path: string, nowMs: number): UploadGrant => {
  const at = path.lastIndexOf(mark);
  const signed = path.slice(0, Math.max(at, 0));
  if (at < 0 || !isEqual(path.slice(at + mark.length), hmac(secret, signed)))
    throw new Refusal(403, 'the signature of this URL is not valid');
  const grant = parseGrant(signed);
  if (nowMs > grant.expiresMs) throw new Refusal(403, 'this URL has expired: ask for a fresh one');
  return grant;
};

/** Only ever sees what carries our signature, so it checks nothing again. */
const parseGrant = (signed: string): UploadGrant => {
  const { pathname, searchParams: query } = new URL(signed, 'http://localhost');
  const [, dataId = '', index] = isGrantPath.exec(pathname) ?? [];
  const [frames = 0, height = 0, width = 0] = (query.get('dims') ?? '').split(',').map(Number);
  return {
    dataId,
    index: Number(index),
    frames,
    height,
    width,
    chunkSize: Number(query.get('chunk_size')),
    startMs: Number(query.get('start')),
    fps: Number(query.get('fps')),
    expiresMs: Number(query.get('expires')),
  };
};

const isEqual = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
};
