// The platform that points are sent to: takes what comes, and looks at it when its parent says 'report', so that the clients' times are
// not its own. It then tells of each stream, by its name, what came since the last time.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { now } from './points.mjs';
import { pointsIn } from './pointsIn.mjs';

let got = {};
const sockets = new Set();
let toldBytes = 0;

const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

const create = (body) => {
  const asked = JSON.parse(body.toString());
  got[asked.stream_name] = { pointsPerChunk: asked.points_per_chunk, sent: [], endedAt: undefined };
  return { data_id: asked.stream_name, processed_data_id: asked.stream_name };
};

/** Whose it is and which chunk is at the head of a body: `{"data_id":"…","chunk_index":12,`. */
const take = (body) => {
  const [, id, index] = /^\{"data_id":"([^"]*)","chunk_index":(\d+)/.exec(body.subarray(0, 200).toString());
  got[id].sent.push({ at: now(), body });
  return { data_id: id, chunk_index: Number(index) };
};

const end = (_, [, id]) => {
  got[id].endedAt = now();
  return {};
};

const answers = [
  ['GET', /^\/gateway\/time/, () => ({ receivedAtUnixMs: Date.now(), transmittedAtUnixMs: Date.now() })],
  ['POST', /^\/tool-state\/stream\/initialize$/, create],
  ['POST', /^\/tool-state\/stream\/chunk(?:\/multi)?$/, take],
  ['POST', /^\/tool-state\/stream\/([^/]+)\/finalize$/, end],
];

const answer = async (request, response) => {
  const body = await bodyOf(request);
  const path = new URL(request.url, 'http://localhost').pathname;
  const found = answers.find(([method, route]) => request.method === method && route.test(path));
  if (found === undefined) throw new Error(`${request.method} ${request.url} is not known here`);
  const said = JSON.stringify(found[2](body, found[1].exec(path)));
  response.setHeader('content-type', 'application/json').end(said);
};

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    // A client that is gone in the middle of a request sent nothing.
    if (request.complete) console.error(error);
    response.destroy();
  });
});
server.on('connection', (socket) => sockets.add(socket));
// A client may connect once for every chunk it has.
await once(server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }), 'listening');

const report = () => {
  const all = got;
  got = {};
  const allBytes = [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0);
  const bytes = allBytes - toldBytes;
  toldBytes = allBytes;
  return { bytes, streams: Object.fromEntries(Object.entries(all).map(([id, stream]) => [id, pointsIn(stream)])) };
};
process.on('message', () => process.send(report()));
// Its parent is gone, however it went.
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${server.address().port}` });
