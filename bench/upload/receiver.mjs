// The platform that clients upload to: answers the RHEED routes, discards what is put, and keeps count. Told 'report' by its parent, it
// tells what it got since the last time; told 'leave' and 'return', it cannot be reached in between.
import { createServer } from 'node:http';
import { readShardIndex, shardIndexBytes } from '../../dist/zarr/shardIndex.js';

const now = () => performance.timeOrigin + performance.now();
const fresh = () => ({ chunks: {}, errors: [], bytes: 0 });
let got = fresh();

const textOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

/** Chunk and frame count travel in the URL, as with a real platform they would in its signature. */
const presign = (request, { dims }) => {
  const chunk = /\/c\/(\d+)\/0\/0/.exec(
    new URL(request.url, 'http://localhost').searchParams.get('original_filename'),
  )[1];
  return [{ url: `http://${request.headers.host}/store/${chunk}?frames=${dims.split(',')[0]}` }];
};

const answers = [
  ['GET', /^\/gateway\/time/, () => ({ receivedAtUnixMs: Date.now(), transmittedAtUnixMs: Date.now() })],
  ['POST', /^\/data_entries\/raw_data\/staged\/upload_urls/, presign],
  ['POST', /^\/rheed\/stream\/[^/]+\/end/, () => ({})],
  ['POST', /^\/rheed\/stream\//, () => 'data-1'],
];

const answer = async (request, response) => {
  const text = await textOf(request);
  const found = answers.find(([method, path]) => request.method === method && path.test(request.url));
  if (found === undefined) got.errors.push(`${request.method} ${request.url} is not known here`);
  response.statusCode = found === undefined ? 404 : 200;
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify(found?.[2](request, JSON.parse(text || '{}')) ?? {}));
};

/** Reads a shard, and keeps no more of it than its index. */
const receive = (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const frames = Number(url.searchParams.get('frames'));
  const indexBytes = shardIndexBytes(frames);
  let bytes = 0;
  let tail = Buffer.alloc(0);
  request.on('data', (data) => {
    bytes += data.byteLength;
    tail = data.byteLength >= indexBytes ? data : Buffer.concat([tail, data]).subarray(-indexBytes);
  });
  request.on('end', () => {
    response.setHeader('etag', '"1"').end();
    count(url.pathname.split('/').at(-1), { frames, bytes, tail });
  });
};

const count = (chunk, { frames, bytes, tail }) => {
  got.bytes += bytes;
  if (got.chunks[chunk] !== undefined) got.errors.push(`chunk ${chunk} came twice`);
  got.chunks[chunk] = { frames, repliedAt: now() };
  const entries = readShardIndex(tail, frames, bytes).filter((entry) => entry !== null);
  const data = entries.reduce((sum, { nbytes }) => sum + nbytes, 0);
  if (entries.length !== frames || data + shardIndexBytes(frames) !== bytes)
    got.errors.push(
      `chunk ${chunk} of ${frames} frames has an index of ${entries.length} with ${data} of ${bytes} bytes`,
    );
};

const server = createServer((request, response) => {
  if (request.method === 'PUT') receive(request, response);
  else void answer(request, response);
});
const listen = (port) => new Promise((done) => server.listen(port, '127.0.0.1', () => done(server.address().port)));
const port = await listen(0);
const told = {
  report: () => {
    const all = got;
    got = fresh();
    return all;
  },
  leave: () => {
    const left = new Promise((done) => server.close(() => done({})));
    server.closeAllConnections();
    return left;
  },
  return: () => listen(port),
};
process.on('message', async (what) => process.send(await told[what]()));
// Its parent is gone, however it went.
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${port}` });
