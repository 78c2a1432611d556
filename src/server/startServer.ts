import type { AddressInfo } from 'node:net';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import * as t from 'io-ts';
import { decodeInput, rule } from '../model/decodeInput.js';
import { InputError } from '../model/errors.js';
import { channelResults } from './channelResults.js';
import { type DataDirectory, openDataDirectory } from './dataDirectory.js';
import { frameResults } from './frameResults.js';
import { hostGuard, isLoopback, urlHost } from './hostGuard.js';
import { keyGuard } from './keyGuard.js';
import { links } from './links.js';
import { referenceClock } from './referenceClock.js';
import { Refusal } from './refusal.js';
import { rheedStreams } from './rheedStreams.js';
import { streamList } from './streamList.js';
import { timeseriesStreams } from './timeseriesStreams.js';
import { uploads } from './uploads.js';

/** Where the local platform listens, and what it keeps where. */
export interface ServerOptions {
  /** Where everything is kept; made if it is not there. */
  readonly dataDir: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`; any address that others can reach needs an `apiKey`. */
  readonly host?: string;
  /** The key that every call must carry. Default: none, and any key or no key will do. */
  readonly apiKey?: string;
}

/** A local platform that is listening. */
export interface Server extends AsyncDisposable {
  /** What clients take as their endpoint. */
  readonly url: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /**
   * Answers what is under way, for at most five seconds, and stops listening. Rejects when an `events.jsonl` could not be written; the
   * next start does that. Idempotent.
   */
  close(): Promise<void>;
}

const closeMs = 5_000;

const Text = rule('a non-blank string', (value): value is string => typeof value === 'string' && value.trim() !== '');
const Port = rule(
  'a whole number from 0 to 65535',
  (value): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535,
);
const Options = t.intersection([t.type({ dataDir: Text }), t.partial({ port: Port, host: Text, apiKey: Text })]);

const check = (input: ServerOptions): ServerOptions & { readonly host: string; readonly port: number } => {
  const { apiKey, ...others } = input;
  const options = decodeInput(Options, others, 'options');
  // Not through `decodeInput`: its error would carry the key.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new InputError('apiKey', undefined, 'must be one line of printable ASCII: it travels in a header');
  const host = options.host ?? '127.0.0.1';
  if (apiKey === undefined && !isLoopback(host))
    throw new InputError('apiKey', undefined, `is needed to listen on ${host}, where others can reach it`);
  return { dataDir: options.dataDir, host, port: options.port ?? 0, ...(apiKey === undefined ? {} : { apiKey }) };
};

const replyWithDetail = (app: FastifyInstance): void => {
  app.setNotFoundHandler(async ({ method, url }) => {
    throw new Refusal(404, `there is no ${method} ${url.replace(/\?.*/s, '')}`);
  });
  app.setErrorHandler((error: FastifyError | Refusal, _request, reply) => {
    const { status, detail } =
      error instanceof Refusal ? error.context : { status: error.statusCode ?? 500, detail: error.message };
    return reply.code(status).send({ detail });
  });
};

/** fastify refuses a blank content-type, which clients send with a shard, and a content-type without content. */
const allowBlankContentType = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ headers }) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (headers['content-type'] === '' || !hasBody) delete headers['content-type'];
  });
};

const buildApp = (data: DataDirectory, host: string, apiKey: string | undefined): FastifyInstance => {
  // The vendor's client makes `//tags/` of an endpoint that ends with a slash.
  const app = fastify({
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    forceCloseConnections: 'idle',
  });
  // A page may send text without asking first, JSON it may not.
  app.removeContentTypeParser('text/plain');
  replyWithDetail(app);
  allowBlankContentType(app);
  hostGuard(app, host, () => (app.server.address() as AddressInfo).port);
  if (apiKey !== undefined) keyGuard(app, apiKey);
  const groups = [links, rheedStreams, uploads, frameResults, timeseriesStreams, channelResults, streamList];
  for (const routesOf of groups) routesOf(app, data);
  referenceClock(app);
  return app;
};

const listen = async (app: FastifyInstance, host: string, port: number): Promise<number> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const taken = (error as { code?: string }).code === 'EADDRINUSE';
    throw new InputError(
      taken ? 'port' : 'host',
      taken ? port : host,
      `must be one to listen on (${(error as Error).message})`,
      { cause: error },
    );
  }
  return (app.server.address() as AddressInfo).port;
};

/** Connections are let go as they become idle; one whose upload has stalled is cut after `ms`. */
const closeWithin = async (app: FastifyInstance, ms: number): Promise<void> => {
  const idle = setInterval(() => app.server.closeIdleConnections(), 20);
  const cut = setTimeout(() => app.server.closeAllConnections(), ms);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
};

/**
 * Starts the local platform: the ingest API on this computer, with streams kept as Zarr stores that other tools can open at every
 * moment of a run.
 *
 * Frames of a stream are `<dataDir>/<data id>/frames.zarr`: a group with `frames` (time, y, x; uint8) and `time` (unix seconds; NaN
 * marks a slot without a frame). Time series are `<dataDir>/<data id>/channels.zarr`, a group a channel with `time` and `value`. The
 * streams of a growth run lie in a folder of its name: `<dataDir>/<run>/frames`, `channels`, `events`, `frames-2` and so on.
 * `GET /streams` lists them. What is acknowledged survives a power cut, and a restart goes on where the last one stopped.
 *
 * Rejects with an `InputError` that names the option: a port in use, a directory that another platform has, an
 * address that others can reach without an `apiKey`.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { startServer } from 'epistream/server';
 *
 * const dataDir = await mkdtemp(join(tmpdir(), 'growth-'));
 * const server = await startServer({ dataDir });
 * const reply = await fetch(`${server.url}/streams`);
 * console.log(reply.status, await reply.json());
 * // → 200 []
 * await server.close();
 * await rm(dataDir, { recursive: true });
 * ```
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { dataDir, host, port: wanted, apiKey } = check(options);
  const data = await openDataDirectory(dataDir);
  const app = buildApp(data, host, apiKey);
  const port = await listen(app, host, wanted).catch(async (error: unknown) => {
    await data.release();
    throw error;
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeWithin(app, closeMs).finally(data.release);
    return closed;
  };
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return {
    url: `http://${urlHost(reachable)}:${port}`,
    port,
    dataDir: data.path,
    close,
    [Symbol.asyncDispose]: close,
  };
};
