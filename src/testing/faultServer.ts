import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type FaultPhase, phaseOf } from './faultPhase.js';
import { type Reply, replier } from './faultReply.js';

export type { FaultPhase } from './faultPhase.js';

/** What goes wrong with one request. */
export type Fault =
  /** Nothing. */
  | { readonly type: 'pass' }
  /** The host goes down: every connection is reset, and new ones are refused for so long. */
  | { readonly type: 'refuse'; readonly forMs: number }
  /** The connection is reset when this part of the body (0 to 1) has been read. */
  | { readonly type: 'reset'; readonly at: number }
  /** Nothing is read beyond this part of the body: at 0 accepted and never read, at 1 read and never answered. */
  | { readonly type: 'stall'; readonly at: number }
  /** The body is read at this rate: a slow link, which is no fault. */
  | { readonly type: 'slowRead'; readonly bytesPerSecond: number }
  /** The right reply, a byte at a time, from its status line on. */
  | { readonly type: 'dripHeaders'; readonly everyMs: number }
  /** The right reply, its body a byte at a time. */
  | { readonly type: 'dripBody'; readonly everyMs: number }
  /** The right reply without the second half of its body; `withLength` says whether its headers promised more. */
  | { readonly type: 'truncate'; readonly withLength: boolean }
  /** Another reply: an empty 200, a web page, wrong JSON, any status with any headers (`retry-after`). */
  | {
      readonly type: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** The request takes effect all the same, as behind a gateway that spoils replies. Default false. */
      readonly takesEffect?: boolean;
    }
  /** A refusal before this part of the body (0 to 1) has been read; nothing more is, and the connection is closed. */
  | { readonly type: 'answerEarly'; readonly status: number; readonly at: number }
  | { readonly type: 'redirect'; readonly to: string; readonly status?: number }
  /** The right reply twice. */
  | { readonly type: 'duplicate' }
  /** The request takes effect, and its reply never comes: the connection is reset. */
  | { readonly type: 'loseReply' };

/** A request as the server saw it: no query, no header, so no key and no signature. */
export interface FaultedRequest {
  readonly phase: FaultPhase;
  readonly method: string;
  readonly path: string;
  readonly fault: Fault['type'];
}

export interface FaultServerOptions {
  /** A platform that answers what has no fault, presigned PUTs included. Default: plain answers as a platform would give. */
  readonly target?: string;
}

/** A platform on a real socket that fails as scripted. */
export interface FaultServer extends AsyncDisposable {
  /** What to give a client as its endpoint. */
  readonly url: string;
  /** Lines up faults for the next requests of a phase, one each; after them everything passes. */
  script(phase: FaultPhase, faults: readonly Fault[]): void;
  /** Takes back the faults of a phase that have not come yet. */
  clear(phase: FaultPhase): void;
  /** What came, in order. */
  readonly requests: readonly FaultedRequest[];
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a platform that fails as scripted, on a free port of the loopback: for specs that need real sockets.
 *
 * @example An end that is refused once.
 * ```ts
 * import { startFaultServer } from 'epistream/testing';
 *
 * const server = await startFaultServer();
 * server.script('end', [{ type: 'answer', status: 503, headers: { 'retry-after': '1' } }]);
 * for (const attempt of [1, 2]) {
 *   const { status } = await fetch(`${server.url}/rheed/stream/a/end`, { method: 'POST' });
 *   console.log(attempt, status);
 * }
 * console.log(server.requests.map(({ phase, fault }) => `${phase} ${fault}`));
 * await server.close();
 * // → 1 503
 * // → 2 200
 * // → [ 'end answer', 'end pass' ]
 * ```
 */
export const startFaultServer = async ({ target }: FaultServerOptions = {}): Promise<FaultServer> => {
  const scripts = new Map<FaultPhase, Fault[]>();
  const requests: FaultedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  const port = await listen(server, 0);
  const url = `http://127.0.0.1:${port}`;
  const reply = replier(url, target);
  const closed = new AbortController();

  const delay: Delay = (ms) => wait(ms, undefined, { signal: closed.signal });
  const goDown = async (forMs: number): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await delay(forMs);
    await listen(server, port);
  };

  server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '' } = request;
    const phase = phaseOf(method, path);
    const fault = scripts.get(phase)?.shift() ?? { type: 'pass' };
    requests.push({ phase, method, path: path.replace(/\?.*/s, ''), fault: fault.type });
    const done = fault.type === 'refuse' ? goDown(fault.forMs) : suffer(fault, request, response, { reply, delay });
    // The client has left, or the server is being closed: nobody is there to be told.
    done.catch(() => request.socket.destroy());
  });

  const close = async (): Promise<void> => {
    closed.abort();
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await stopped;
  };
  return {
    url,
    requests,
    script: (phase, faults) => scripts.set(phase, [...(scripts.get(phase) ?? []), ...faults]),
    clear: (phase) => scripts.delete(phase),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

/** Ends with the server. */
type Delay = (ms: number) => Promise<void>;

interface Means {
  reply(request: IncomingMessage, body: Buffer): Promise<Reply>;
  readonly delay: Delay;
}

const suffer = async (
  fault: Exclude<Fault, { type: 'refuse' }>,
  request: IncomingMessage,
  response: ServerResponse,
  { reply, delay }: Means,
): Promise<void> => {
  const { socket } = request;
  const right = async () => reply(request, await readBody(request));
  switch (fault.type) {
    case 'pass':
      return respond(response, await right());
    case 'slowRead':
      return respond(response, await reply(request, await readBody(request, { ...fault, delay })));
    case 'answer':
      await (fault.takesEffect ? right() : readBody(request));
      return respond(response, { headers: {}, ...fault, body: Buffer.from(fault.body ?? '') });
    case 'answerEarly': {
      await readBody(request, { upTo: fault.at });
      const { head } = framed({ status: fault.status, headers: { connection: 'close' }, body: Buffer.alloc(0) });
      return hangUp(socket, head, delay);
    }
    case 'redirect':
      await readBody(request);
      return respond(response, { status: fault.status ?? 307, headers: { location: fault.to }, body: Buffer.alloc(0) });
    case 'stall':
      await readBody(request, { upTo: fault.at });
      return;
    case 'reset':
      await readBody(request, { upTo: fault.at });
      socket.resetAndDestroy();
      return;
    case 'loseReply':
      await right();
      socket.resetAndDestroy();
      return;
    case 'dripHeaders': {
      const { head, body } = framed(await right());
      return drip(socket, Buffer.concat([head, body]), fault.everyMs, delay);
    }
    case 'dripBody': {
      const { head, body } = framed(await right());
      socket.write(head);
      return drip(socket, body, fault.everyMs, delay);
    }
    case 'truncate': {
      const { head, body } = framed(await right(), fault.withLength);
      socket.end(Buffer.concat([head, body.subarray(0, body.byteLength >> 1)]));
      return;
    }
    case 'duplicate': {
      const { head, body } = framed(await right());
      socket.write(Buffer.concat([head, body, head, body]));
      return;
    }
  }
};

const respond = (response: ServerResponse, { status, headers, body }: Reply): void => {
  response.writeHead(status, { ...headers, 'content-length': body.byteLength }).end(body);
};

/** A reply as it goes over the wire; without a length, the end of the connection is the end of the body. */
const framed = (
  { status, headers, body }: Reply,
  withLength = true,
): { readonly head: Buffer; readonly body: Buffer } => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const framing = withLength ? `content-length: ${body.byteLength}` : 'connection: close';
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, framing, '', ''].join('\r\n');
  return { head: Buffer.from(head), body };
};

// A close with bytes unread is a reset, which may overtake the reply: so servers linger, and so does this one.
const LINGER_MS = 50;

const hangUp = async (socket: Socket, head: Buffer, delay: Delay): Promise<void> => {
  socket.end(head);
  await delay(LINGER_MS);
  socket.destroy();
};

const drip = async (socket: Socket, bytes: Buffer, everyMs: number, delay: Delay): Promise<void> => {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Uint8Array.of(byte));
    await delay(everyMs);
  }
  socket.end();
};

/** Reads the body, or so much of it, all at once or at a rate. */
const readBody = async (
  request: IncomingMessage,
  { upTo = 1, bytesPerSecond, delay }: { upTo?: number; bytesPerSecond?: number; delay?: Delay } = {},
): Promise<Buffer> => {
  const enough = upTo * Number(request.headers['content-length'] ?? 0);
  const parts: Buffer[] = [];
  let read = 0;
  // Not by `for await`: leaving that loop would destroy the request, and with it the connection.
  const chunks = request[Symbol.asyncIterator]();
  while (upTo === 1 || read < enough) {
    const { done, value } = await chunks.next();
    if (done) break;
    parts.push(value);
    read += value.byteLength;
    if (bytesPerSecond !== undefined) await delay?.((value.byteLength / bytesPerSecond) * 1000);
  }
  return Buffer.concat(parts);
};
