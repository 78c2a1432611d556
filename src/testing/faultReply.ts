import type { IncomingMessage } from 'node:http';
import { request as send } from 'undici';
import { type FaultPhase, phaseOf } from './faultPhase.js';

/**
 * A reply before it is written, or mangled.
 *
 * @internal
 */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Replier = (request: IncomingMessage, body: Buffer) => Promise<Reply>;

/**
 * Where right replies come from: the target, with its presigned URLs led through this server, or a platform's plain answers.
 *
 * @internal
 */
export const replier = (url: string, target: string | undefined): Replier =>
  target === undefined
    ? async (request, body) => plainReply(url, request, body)
    : forwarder(url, target.replace(/\/+$/, ''));

const json = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

const plainReply = (url: string, { method = '', url: path = '' }: IncomingMessage, body: Buffer): Reply => {
  const phase = phaseOf(method, path);
  const missing = { status: 404, headers: {}, body: Buffer.alloc(0) };
  if (phase === 'results' || phase === 'streams') return missing;
  const now = Date.now();
  const answers: Readonly<Partial<Record<FaultPhase, unknown>>> = {
    clock: { receivedAtUnixMs: now, transmittedAtUnixMs: now },
    resolve: method === 'GET' ? [] : { id: `new-${now}` },
    create: path.includes('initialize') ? { data_id: 'data-1', processed_data_id: 'processed-1' } : 'data-1',
    points: phase === 'points' ? placeOf(body) : undefined,
    presign: [{ url: `${url}/store/shard?signature=0123456789abcdef` }],
  };
  return json(answers[phase] ?? {});
};

/** Which chunk a request of points was, as its reply says again. */
const placeOf = (body: Buffer): unknown => {
  const { data_id, chunk_index, channel_name } = JSON.parse(body.toString());
  return { data_id, chunk_index, ...(channel_name === undefined ? {} : { channel_name }) };
};

/** Forwards to the target. What it presigns is remembered, so that a PUT through here reaches the very URL that was signed. */
const forwarder = (url: string, target: string): Replier => {
  const signed = new Map<string, string>();
  const lead = (text: string): string =>
    text.replace(/"url"\s*:\s*"(https?:[^"]+)"/g, (_, original: string) => {
      const { pathname, search } = new URL(original);
      signed.set(pathname + search, original);
      return `"url":"${url}${pathname}${search}"`;
    });
  return async ({ method = 'GET', url: path = '', headers }, body) => {
    const { host, connection, 'transfer-encoding': _, ...kept } = headers;
    const answer = await send(signed.get(path) ?? target + path, {
      method: method as 'GET',
      headers: kept,
      body: body.byteLength > 0 ? body : null,
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const isPresign = phaseOf(method, path) === 'presign';
    return {
      status: answer.statusCode,
      headers: passedOn(answer.headers),
      body: isPresign ? Buffer.from(lead(bytes.toString())) : bytes,
    };
  };
};

// The server frames its replies itself, and keeps its own connections.
const HOP = /^(content-length|transfer-encoding|connection|keep-alive)$/i;

const passedOn = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !HOP.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
