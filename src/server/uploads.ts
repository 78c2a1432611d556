import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32c } from '@node-rs/crc32';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PresignQuery, PresignRequest } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import { ShardError } from '../model/errors.js';
import { shardIndexBytes } from '../zarr/shardIndex.js';
import type { DataDirectory } from './dataDirectory.js';
import { decodeRequest } from './decodeRequest.js';
import { checkAndPadShard } from './frameStore.js';
import { grantPath, readGrant, storageRoute, type UploadGrant } from './presign.js';
import { Refusal } from './refusal.js';
import { wholeNumber } from './wholeNumber.js';

/** How long a URL may wait for its upload to begin; how long that then takes is not bounded. */
const grantMs = 15 * 60_000;

const shardFile = /^frames\.zarr\/frames\/c\/(\d{1,10})\/0\/0$/;

const most = { chunkSize: 2 ** 20, side: 2 ** 16, frames: 2 ** 32 };

const readDims = (dims: string): { readonly frames: number; readonly height: number; readonly width: number } => {
  const [frames = 0, height = 0, width = 0, ...rest] = dims.split(',').map(Number);
  if (rest.length > 0) throw new Refusal(422, [{ loc: ['body', 'dims'], msg: 'must be frames,height,width' }]);
  for (const side of [height, width]) wholeNumber('dims', side, { from: 1, to: most.side });
  return { frames, height, width };
};

const grantOf = (query: unknown, body: unknown, nowMs: number): UploadGrant => {
  const { original_filename: file } = decodeRequest(PresignQuery, query, 'query');
  const asked = decodeRequest(PresignRequest, body);
  const index = shardFile.exec(file)?.[1];
  if (index === undefined)
    throw new Refusal(422, [{ loc: ['query', 'original_filename'], msg: 'must be frames.zarr/frames/c/<chunk>/0/0' }]);
  const { frames, height, width } = readDims(asked.dims);
  const chunkSize = wholeNumber('chunk_size', asked.chunk_size, { from: 1, to: most.chunkSize });
  wholeNumber('dims', frames, { from: 1, to: chunkSize });
  const fps = Number(asked.raw_frame_rate);
  if (fps <= 0) throw new Refusal(422, [{ loc: ['body', 'raw_frame_rate'], msg: 'must be above 0' }]);
  return {
    dataId: asked.data_id,
    index: wholeNumber('chunk', index, { from: 0, to: Math.floor(most.frames / chunkSize) }),
    frames,
    height,
    width,
    chunkSize,
    startMs: Number(asked.start_unix_ms_utc),
    fps,
    expiresMs: nowMs + grantMs,
  };
};

/** What a shard of these dims can weigh: zstd grows what it cannot shrink by less than 1/128 and a frame header. */
const mostBytes = ({ frames, height, width }: UploadGrant): number =>
  frames * Math.ceil(height * width * (1 + 1 / 128) + 1024) + shardIndexBytes(frames);

/** Writes a body to a file as it comes: its length and its CRC-32C. */
const receive = async (
  { body, headers }: FastifyRequest,
  file: FileHandle,
  limit: number,
): Promise<{ readonly byteLength: number; readonly crc: number }> => {
  if (Number(headers['content-length'] ?? 0) > limit) throw new Refusal(413, `the body is larger than ${limit} bytes`);
  let [byteLength, crc] = [0, 0];
  for await (const part of (body as Readable | undefined) ?? []) {
    byteLength += part.byteLength;
    if (byteLength > limit) throw new Refusal(413, `the body is larger than ${limit} bytes`);
    crc = crc32c(part, crc);
    await file.writeFile(part);
  }
  return { byteLength, crc };
};

const asRefusal = (error: unknown): never => {
  if (error instanceof ShardError) throw new Refusal(400, error.message, { cause: error });
  throw error;
};

/** Chunks of frames: a signed URL each, and the PUT that it allows. */
export const uploads = (app: FastifyInstance, { files, streams, analysis, uploadSecret }: DataDirectory): void => {
  app.post(routes.uploadUrls, async ({ query, body, protocol, host }) => {
    const grant = grantOf(query, body, Date.now());
    await streams.rheed(grant.dataId).write(async (store) => store.check(grant));
    return [{ url: `${protocol}://${host}${grantPath(uploadSecret, grant)}`, upload_id: grant.dataId, part: 1 }];
  });

  app.register(async (storage) => {
    storage.removeAllContentTypeParsers();
    storage.addContentTypeParser('*', async (_request: FastifyRequest, payload: Readable) => payload);

    /** A 2xx means that the shard and the array that has grown around it survive a power cut. */
    const store = async (request: FastifyRequest): Promise<string> => {
      const grant = readGrant(uploadSecret, request.url, Date.now());
      const stream = streams.rheed(grant.dataId);
      stream.refuseIfEnded();
      return files.draft(async (draft, place) => {
        const { byteLength, crc } = await receive(request, draft, mostBytes(grant));
        await checkAndPadShard(draft, byteLength, grant).catch(asRefusal);
        // Before its turn: uploads wait for the disk side by side.
        await draft.datasync();
        await stream.write((frames) => frames.put(grant, place));
        analysis.add(stream, grant.index);
        return `"${crc.toString(16).padStart(8, '0')}-${byteLength}"`;
      });
    };

    storage.put(storageRoute, async (request, reply) => {
      const etag = await analysis.pace.during(() => store(request));
      return reply.header('etag', etag).send();
    });
  });
};
