import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request and its reply, as recorded. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly status: number;
  readonly reply?: unknown;
}

export interface WireServer {
  readonly url: string;
  /** What came, in the recordings' form, with every header. */
  readonly received: Omit<Exchange, 'status' | 'reply'>[];
  close(): Promise<void>;
}

export const readRecording = (name: string): Exchange[] =>
  readFileSync(`spec/fixtures/wire/${name}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const bytes = Buffer.concat(parts);
  if (request.method === 'PUT')
    return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
  return bytes.byteLength === 0 ? undefined : JSON.parse(bytes.toString());
};

/** Answers each request as the first recorded one of its method, path and query was answered. */
export const startWireServer = async (recording: readonly Exchange[]): Promise<WireServer> => {
  const left = [...recording];
  const received: WireServer['received'] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://host');
    const query = Object.fromEntries(searchParams);
    const path = decodeURIComponent(pathname);
    const body = await bodyOf(request);
    received.push({
      method: request.method ?? '',
      path,
      ...(searchParams.size > 0 && { query }),
      headers: request.headers as Record<string, string>,
      ...(body !== undefined && { body }),
    });
    const same = (one: Exchange) =>
      one.method === request.method && one.path === path && JSON.stringify(one.query ?? {}) === JSON.stringify(query);
    const at = left.findIndex(same);
    const [answer] = at < 0 ? [] : left.splice(at, 1);
    const reply = JSON.stringify(answer?.reply ?? {})
      .replaceAll('http://<storage>', url)
      .replaceAll('<signature>', 'abc');
    response.writeHead(answer?.status ?? 599, { 'content-type': 'application/json' }).end(reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, received, close };
};
