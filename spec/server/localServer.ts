import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSystemStore } from '@zarrita/storage';
import { request } from 'undici';
import * as zarr from 'zarrita';
import { type Server, type ServerOptions, startServer } from '../../src/server/startServer.js';

/** Shards of the vendor's released client: 20 frames of 6 x 8, their first 7, the first, and all with frames 3 to 8 black. */
export const shards = Object.fromEntries(
  ['full-20x6x8', 'short-7x6x8', 'single-1x6x8', 'black-frames-3-to-8-20x6x8'].map((name) => [
    name.split('-')[0],
    readFileSync(new URL(`../fixtures/shards/${name}.shard`, import.meta.url)),
  ]),
) as Readonly<Record<'full' | 'short' | 'single' | 'black', Buffer>>;

/** Pixel values of the first `count` frames in those shards. */
export const pixels = (count: number): number[] => Array.from({ length: count * 48 }, (_, k) => k % 251);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: a spec reads whatever came.
  readonly body: any;
}

export interface Call {
  readonly body?: unknown;
  readonly raw?: Uint8Array;
  readonly headers?: Record<string, string>;
}

export const call = async (url: string, method: string, { body, raw, headers = {} }: Call = {}): Promise<Answer> => {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const reply = await request(url, {
    method: method as 'GET',
    headers: { ...json, ...headers },
    body: raw ?? (body === undefined ? null : JSON.stringify(body)),
  });
  const text = await reply.body.text();
  const isJson = String(reply.headers['content-type']).startsWith('application/json');
  return { status: reply.statusCode, headers: reply.headers, body: isJson ? JSON.parse(text) : text };
};

export interface Chunk {
  readonly dims?: string;
  readonly chunkSize?: number;
  readonly startMs?: number;
  readonly file?: string;
  readonly rate?: string;
}

/** The calls that a client makes of a platform. */
export const clientOf = (url: string, headers: Record<string, string> = {}) => {
  const post = (path: string, body?: unknown): Promise<Answer> => call(url + path, 'POST', { body, headers });
  const get = (path: string): Promise<Answer> => call(url + path, 'GET', { headers });
  const createRheed = async (asked: object = {}): Promise<string> =>
    (
      await post('/rheed/stream/', {
        data_item_name: 'Growth run 42',
        rotational_period: null,
        rotations_per_min: 0,
        fps_capture_rate: 10,
        ...asked,
      })
    ).body;
  const presign = (dataId: string, index: number, chunk: Chunk = {}): Promise<Answer> => {
    const { dims = '20,6,8', chunkSize = 20, startMs = 1_700_000_000_000 + index * 2000, rate = '10.0' } = chunk;
    const file = encodeURIComponent(chunk.file ?? `frames.zarr/frames/c/${index}/0/0`);
    return post(
      `/data_entries/raw_data/staged/upload_urls/?original_filename=${file}&num_parts=1&staging_type=stream`,
      {
        data_id: dataId,
        data_stream: 'rheed',
        is_stream: '1',
        is_rotating: '0',
        raw_frame_rate: rate,
        avg_frame_rate: rate,
        chunk_size: String(chunkSize),
        dims,
        start_unix_ms_utc: String(startMs),
        end_unix_ms_utc: String(startMs + 2000),
      },
    );
  };
  const put = (signed: string, raw: Uint8Array): Promise<Answer> =>
    call(signed, 'PUT', { raw, headers: { 'content-type': '' } });
  const send = async (dataId: string, index: number, raw: Uint8Array, chunk: Chunk = {}): Promise<Answer> => {
    const { status, body } = await presign(dataId, index, chunk);
    if (status !== 200) throw new Error(`presign answered ${status}: ${JSON.stringify(body)}`);
    return put(body[0].url, raw);
  };
  return { post, get, createRheed, presign, put, send, end: (id: string) => post(`/rheed/stream/${id}/end`) };
};

/** Starts servers on directories of their own, and tidies up. */
export const localServers = () => {
  const ends: (() => Promise<unknown>)[] = [];
  const directory = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'epistream-server-'));
    ends.push(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  const start = async (options: Partial<ServerOptions> = {}): Promise<Server> => {
    const server = await startServer({ dataDir: options.dataDir ?? (await directory()), ...options });
    ends.push(() => server.close());
    return server;
  };
  const tidy = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  return { directory, start, tidy };
};

/** An array of a store, read by zarrita. */
export const readArray = async (
  store: string,
  name: string,
): Promise<{ readonly shape: readonly number[]; readonly data: number[] }> => {
  const array = await zarr.open.v3(zarr.root(new FileSystemStore(store)).resolve(name), { kind: 'array' });
  // zarrita opens an array of no length, and does not read it.
  if (array.shape.includes(0)) return { shape: array.shape, data: [] };
  const { shape, data } = await zarr.get(array);
  return { shape, data: Array.from(data as ArrayLike<number>) };
};

/** Attributes of a group, read by zarrita. */
export const readAttributes = async (store: string, name = ''): Promise<Readonly<Record<string, unknown>>> =>
  (await zarr.open.v3(zarr.root(new FileSystemStore(store)).resolve(name), { kind: 'group' })).attrs;
