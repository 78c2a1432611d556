import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How a platform of channels is. */
export type Mood =
  /** It answers. */
  | 'well'
  /** It answers 503, whatever it is asked. */
  | 'away'
  /** Every request ends in a reset. */
  | 'resetting'
  /** It takes requests, and never answers. */
  | 'stalled'
  /** It answers, a tenth of a second later. */
  | 'slow';

/** A platform of channels that remembers: written from the protocol's description alone. */
export interface PointsRecord {
  readonly url: string;
  mood: Mood;
  /** What it has answered well, in order: `create`, `flux/0`, …, `end`. */
  readonly log: readonly string[];
  /** Values of each channel's chunks, as last written; a chunk after the end is kept nowhere. */
  readonly chunks: ReadonlyMap<string, readonly (number | null)[]>;
  close(): Promise<void>;
}

const SLOW_MS = 100;

/** Starts one, on the loopback. */
export const startPointsRecord = async (): Promise<PointsRecord> => {
  const log: string[] = [];
  const chunks = new Map<string, (number | null)[]>();
  const sockets = new Set<Socket>();
  const record = { mood: 'well' as Mood, log, chunks };

  const answer = (path: string, text: string): object => {
    const asked = text === '' ? {} : JSON.parse(text);
    if (path === '/tool-state/stream/chunk') {
      const name = `${asked.channel_name}/${asked.chunk_index}`;
      if (!log.includes('end')) chunks.set(name, asked.values);
      log.push(name);
      return { data_id: asked.data_id, channel_name: asked.channel_name, chunk_index: asked.chunk_index };
    }
    if (path === '/gateway/time') return { receivedAtUnixMs: Date.now(), transmittedAtUnixMs: Date.now() };
    if (path.endsWith('/initialize')) log.push('create');
    if (path.endsWith('/finalize')) log.push('end');
    return { data_id: 'data-1', processed_data_id: 'processed-1' };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { mood } = record;
    if (mood === 'stalled') return;
    if (mood === 'resetting') return void request.socket.resetAndDestroy();
    if (mood === 'slow') await wait(SLOW_MS);
    const isAway = mood === 'away';
    const reply = isAway ? { detail: 'away' } : answer(request.url ?? '', Buffer.concat(parts).toString());
    response.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  };
  // A client that has gone needs no answer.
  const server = createServer((request, response) => void serve(request, response).catch(() => {}));
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return Object.assign(record, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};
