import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One shard as the platform holds it. */
export interface StoredShard {
  /** What its presign said: frames, height, width. */
  readonly dims: readonly number[];
  readonly body: Buffer;
}

/** One stream as the platform knows it. */
export interface RecordedStream {
  readonly id: string;
  readonly name: string;
  readonly shards: Map<number, StoredShard>;
  /** What came for it, in order: `link sample`, `presign 0`, `put 0`, `end`. */
  readonly log: string[];
  /** The bodies of its presign requests, in order, each with the chunk's `index`. */
  readonly presigns: Record<string, string>[];
  /** What it is doing now: a stream that the platform closed takes nothing, not even its end. */
  state: 'open' | 'ended' | 'closed';
}

/** A platform that does as it is told and remembers it: written from the protocol's description alone. */
export interface HttpRecord {
  readonly url: string;
  readonly streams: readonly RecordedStream[];
  /** What no client may do: a key where none belongs, an unknown stream, a shard after the end. */
  readonly violations: readonly string[];
  /** Requests so far, also those that are no call of the protocol. */
  readonly heard: number;
  /** Which keys it takes. */
  accepts: (key: string) => boolean;
  /** Where it has shards put. Default: here, by the name that the client calls it. */
  storage: string | undefined;
  /** Nobody is there: it answers 503, whatever it is asked. */
  isAway: boolean;
  /** What it refuses a presign with, when it does. */
  refusesChunk: (index: number, stream: RecordedStream) => number | undefined;
  close(): Promise<void>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

type Answer = readonly [status: number, reply?: unknown];

export interface HttpRecordOptions {
  /** With a certificate it speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Default: a free one. */
  readonly port?: number;
}

/** Starts a platform that remembers, on the loopback. */
export const startHttpRecord = async ({ tls, port = 0 }: HttpRecordOptions = {}): Promise<HttpRecord> => {
  const platform = new Recorder();
  const sockets = new Set<Socket>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return; // the client has gone, and has said nothing whole
    }
    const url = new URL(request.url ?? '', platform.url);
    const [status, reply] = platform.answer({ request, url, body: Buffer.concat(parts) });
    const text = reply === undefined ? '' : JSON.stringify(reply);
    response.writeHead(status, { 'content-type': 'application/json', etag: '"1"' }).end(text);
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  platform.scheme = tls === undefined ? 'http' : 'https';
  platform.url = `${platform.scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(platform, {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};

class Recorder {
  scheme = 'http';
  url = '';
  heard = 0;
  isAway = false;
  storage: string | undefined;
  readonly streams: RecordedStream[] = [];
  readonly violations: string[] = [];
  accepts = (_key: string): boolean => true;
  refusesChunk = (_index: number, _stream: RecordedStream): number | undefined => undefined;
  readonly #samples: Named[] = [];
  readonly #tags: Named[] = [];

  answer(call: Call): Answer {
    const { request, url } = call;
    this.heard++;
    const key = request.headers['x-api-key'];
    if (this.isAway) return [503];
    const isPublic = request.method === 'PUT' || url.pathname === '/gateway/time';
    if (isPublic !== (key === undefined)) this.violations.push(`${request.method} ${url.pathname} with key ${key}`);
    if (!isPublic && !this.accepts(String(key))) return [401, { detail: 'unknown key' }];
    return request.method === 'PUT' ? this.#put(call) : this.#api(call);
  }

  #api({ request, url, body }: Call): Answer {
    const path = url.pathname;
    const asked = body.length > 0 ? JSON.parse(body.toString()) : {};
    const [, endOf] = /^\/rheed\/stream\/([^/]+)\/end$/.exec(path) ?? [];
    if (path === '/gateway/time') return [200, { receivedAtUnixMs: Date.now(), transmittedAtUnixMs: Date.now() }];
    if (path === '/physical_samples/') return this.#named(this.#samples, request.method, asked);
    if (path === '/tags/') return this.#named(this.#tags, request.method, asked);
    if (path === '/rheed/stream/') return this.#create(asked);
    // By the name it was called, so that uploads take the way that the calls took.
    if (path.endsWith('/upload_urls/')) return this.#presign(`${this.scheme}://${request.headers.host}`, url, asked);
    if (endOf !== undefined) return this.#end(endOf);
    if (path === '/data_entries/physical_sample') return this.#link(asked, 'link sample');
    if (path === '/tags/data-items/') return this.#link(asked, 'link tags');
    if (/^\/projects\/[^/]+\/configuration\/tracking_samples$/.test(path)) return [200, {}];
    this.violations.push(`${request.method} ${path}`);
    return [404];
  }

  #named(list: Named[], method: string | undefined, { name }: { name: string }): Answer {
    if (method === 'GET') return [200, list];
    const known = list.find((one) => one.name === name);
    if (known !== undefined) return [409, { detail: { id: known.id } }];
    list.push({ id: `${name}-id`, name });
    return [201, { id: `${name}-id` }];
  }

  #create({ data_item_name: name }: { data_item_name: string }): Answer {
    const stream: RecordedStream = {
      id: `stream-${this.streams.length}`,
      name,
      shards: new Map(),
      log: [],
      presigns: [],
      state: 'open',
    };
    this.streams.push(stream);
    return [200, stream.id];
  }

  #link({ data_ids: [id = ''] }: { data_ids: string[] }, what: string): Answer {
    const stream = this.#find(id);
    stream?.log.push(what);
    return [stream === undefined ? 404 : 200, {}];
  }

  #presign(storage: string, url: URL, asked: Record<string, string>): Answer {
    const stream = this.#find(asked.data_id ?? '');
    const index = Number(/\/c\/(\d+)\/0\/0$/.exec(url.searchParams.get('original_filename') ?? '')?.[1]);
    if (stream === undefined) return [404, { detail: 'no such stream' }];
    if (stream.state !== 'open') return [409, { detail: 'the stream is closed' }];
    const refusal = this.refusesChunk(index, stream);
    if (refusal !== undefined) return [refusal, { detail: 'refused' }];
    stream.log.push(`presign ${index}`);
    stream.presigns.push({ ...asked, index: String(index) });
    const query = new URLSearchParams({ dims: asked.dims ?? '', signature: 'a0b1c2d3e4f5a6b7' });
    return [200, [{ url: `${this.storage ?? storage}/store/${stream.id}/${index}?${query}` }]];
  }

  #put({ url, body }: Call): Answer {
    const [, id = '', index = ''] = /^\/store\/([^/]+)\/(\d+)$/.exec(url.pathname) ?? [];
    const stream = this.#find(id);
    if (stream === undefined) return [404];
    if (stream.state === 'ended') this.violations.push(`put ${index} after the end of ${stream.name}`);
    stream.log.push(`put ${index}`);
    stream.shards.set(Number(index), { dims: (url.searchParams.get('dims') ?? '').split(',').map(Number), body });
    return [200];
  }

  #end(id: string): Answer {
    const stream = this.#find(id);
    if (stream === undefined) return [404];
    if (stream.state !== 'open') return [409, { detail: 'the stream is closed' }];
    stream.log.push('end');
    stream.state = 'ended';
    return [200, {}];
  }

  #find(id: string): RecordedStream | undefined {
    const stream = this.streams.find((one) => one.id === id);
    if (stream === undefined) this.violations.push(`no stream ${id}`);
    return stream;
  }
}
