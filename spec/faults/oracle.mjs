// A platform that knows what every chunk must hold and remembers the order of all that came; a process of its own, so that it
// survives whatever dies beside it. Nothing of the library is in it. Prints its address, and ends when its input does.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { decompress, init } from '@bokuweb/zstd-wasm';
import { crc32c } from '@node-rs/crc32';
import { labelOf, pixelsOf } from './oracleFrames.mjs';

/**
 * What came of a stream, in order. `problem` says how the bytes of a PUT differ from what they must be.
 *
 * @typedef {{ readonly seq: number } & (
 *   | { readonly what: 'presign', readonly index: number, readonly startMs: string }
 *   | { readonly what: 'put', readonly index: number, readonly frames: number, readonly sha: string, readonly problem?: string }
 *   | { readonly what: 'end' }
 * )} Happening
 * @typedef {{ readonly dataId: string, readonly name: string, readonly happened: Happening[] }} SeenStream
 * @typedef {{ readonly dataId: string, readonly index: number, readonly chunkSize: number, readonly dims: readonly number[] }} Signed
 */

/** @type {Map<string, SeenStream>} */
const streams = new Map();
/** @type {Map<string, Signed>} */
const signed = new Map();
let seq = 0;
/** Away: every connection is cut. */
let isAway = false;
/** Bytes a second that all uploads share. */
let linkRate = Number.POSITIVE_INFINITY;
let linkFreeAt = 0;

/** @param {Buffer} shard @param {number} frames */
const readIndex = (shard, frames) => {
  const entries = shard.subarray(shard.byteLength - 16 * frames - 4, shard.byteLength - 4);
  if (shard.byteLength < 16 * frames + 4) throw new Error('is too short for its index');
  if (shard.readUInt32LE(shard.byteLength - 4) !== crc32c(entries)) throw new Error('has a wrong index checksum');
  return Array.from({ length: frames }, (_, k) => ({
    offset: Number(entries.readBigUInt64LE(16 * k)),
    nbytes: Number(entries.readBigUInt64LE(16 * k + 8)),
  }));
};

/** How the bytes of a chunk differ from what they must be, if they do. @param {Buffer} shard @param {Signed} chunk */
const problemOf = (shard, { dataId, index, chunkSize, dims: [frames = 0, height = 0, width = 0] }) => {
  const name = streams.get(dataId)?.name ?? '';
  if (frames < 1 || frames > chunkSize) return `has ${frames} frames`;
  try {
    for (const [place, { offset, nbytes }] of readIndex(shard, frames).entries()) {
      const pixels = decompress(shard.subarray(offset, offset + nbytes), { defaultHeapSize: height * width });
      const right = pixelsOf({ name, index, place }, height * width);
      if (Buffer.compare(pixels, right) === 0) continue;
      const [is, should] = [labelOf(pixels), labelOf(right)];
      return `frame ${place} ${is === should ? 'has other pixels' : `is ${is ?? 'nothing known'} instead of ${should}`}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** @param {import('node:http').IncomingMessage} request */
const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
    if (linkRate !== Number.POSITIVE_INFINITY && request.method === 'PUT') await takeLink(part.byteLength);
  }
  return Buffer.concat(parts);
};

/** One link for all: bytes wait their turn on it. @param {number} bytes */
const takeLink = async (bytes) => {
  linkFreeAt = Math.max(linkFreeAt, performance.now()) + (1000 * bytes) / linkRate;
  await wait(linkFreeAt - performance.now());
};

/** @param {string} dataId */
const streamOf = (dataId) => {
  const stream = streams.get(dataId);
  if (stream === undefined) throw Object.assign(new Error(`no stream ${dataId}`), { status: 404 });
  return stream;
};

/** @param {SeenStream} stream */
const hasEnded = ({ happened }) => happened.some(({ what }) => what === 'end');

/** @param {URLSearchParams} query @param {Record<string, string>} asked */
const presign = (query, asked) => {
  const stream = streamOf(asked.data_id ?? '');
  const index = Number(/\/c\/(\d+)\/0\/0$/.exec(query.get('original_filename') ?? '')?.[1]);
  stream.happened.push({ seq: seq++, what: 'presign', index, startMs: asked.start_unix_ms_utc ?? '' });
  if (hasEnded(stream)) throw Object.assign(new Error('the stream has ended'), { status: 409 });
  const dims = (asked.dims ?? '').split(',').map(Number);
  const path = `/store/${signed.size}`;
  signed.set(path, { dataId: stream.dataId, index, chunkSize: Number(asked.chunk_size), dims });
  return [{ url: `${address}${path}?signature=0123456789abcdef` }];
};

/** @param {string} path @param {Buffer} body */
const put = (path, body) => {
  const chunk = signed.get(path);
  if (chunk === undefined) throw Object.assign(new Error('not a signed URL'), { status: 403 });
  const problem = problemOf(body, chunk);
  const sha = createHash('sha256').update(body).digest('hex');
  const { index, dims } = chunk;
  const happened = { seq: seq++, what: /** @type {const} */ ('put'), index, frames: dims[0] ?? 0, sha };
  streamOf(chunk.dataId).happened.push({ ...happened, ...(problem === undefined ? {} : { problem }) });
  return {};
};

/** @param {Record<string, string>} asked */
const create = (asked) => {
  const dataId = `stream-${streams.size}`;
  streams.set(dataId, { dataId, name: asked.data_item_name ?? '', happened: [] });
  return dataId;
};

/** @param {string} dataId */
const end = (dataId) => {
  streamOf(dataId).happened.push({ seq: seq++, what: 'end' });
  return {};
};

/** What the specs ask for, which no fault concerns. @param {string} path @param {URLSearchParams} query */
const control = (path, query) => {
  if (path === '/oracle/streams')
    return [...streams.values()].filter(({ name }) => name.startsWith(query.get('prefix') ?? ''));
  isAway = query.get('away') === 'true';
  linkRate = Number(query.get('bytesPerSecond') ?? Number.POSITIVE_INFINITY);
  linkFreeAt = 0;
  return {};
};

/** @param {string} method @param {URL} url @param {Buffer} body */
const answer = (method, { pathname, searchParams }, body) => {
  if (method === 'PUT') return put(pathname, body);
  const ended = /^\/rheed\/stream\/([^/]+)\/end$/.exec(pathname);
  if (ended !== null) return end(ended[1] ?? '');
  const asked = body.byteLength > 0 ? JSON.parse(body.toString()) : {};
  if (pathname === '/rheed/stream/') return create(asked);
  if (pathname.endsWith('/upload_urls/')) return presign(searchParams, asked);
  if (pathname === '/gateway/time') return { receivedAtUnixMs: Date.now(), transmittedAtUnixMs: Date.now() };
  throw Object.assign(new Error(`no route ${pathname}`), { status: 404 });
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '', 'http://host');
  try {
    const isControl = url.pathname.startsWith('/oracle/');
    if (isAway && !isControl) return request.socket.destroy();
    const body = await bodyOf(request);
    if (isAway && !isControl) return request.socket.destroy();
    const said = isControl ? control(url.pathname, url.searchParams) : answer(request.method ?? '', url, body);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  } catch (error) {
    if (request.socket.destroyed) return; // its sender was killed in mid-body: nothing came
    const { status = 500, message } = /** @type {Error & { status?: number }} */ (error);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ detail: message }));
  }
});
await init();
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
console.log(address);
process.stdin.resume().on('end', () => process.exit());
