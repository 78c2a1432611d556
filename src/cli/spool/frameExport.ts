import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readingFor, spanOf } from '../../ingest/referenceTime.js';
import { createRheedRequest } from '../../ingest/rheedRequests.js';
import type { Asked } from '../../model/asked.js';
import type { DurableFiles } from '../../server/durableFiles.js';
import { checkAndPadShard, FrameStore } from '../../server/frameStore.js';
import type { SpooledBody } from '../../spool/spoolChunks.js';
import type { SpooledChunk } from '../../spool/spooledChunk.js';
import type { SpooledSession } from '../../spool/spoolSessions.js';
import { jsonLine } from '../jsonLines.js';
import type { SessionExport } from './sessionExport.js';

type AskedFrames = Extract<Asked, { readonly kind: 'rheed' }>;

/** Writes chunks of a session as the store that a local platform makes of a stream: each at its place, at its time. */
export class FrameExport implements SessionExport {
  private constructor(
    private readonly store: FrameStore,
    private readonly files: DurableFiles,
    private readonly directory: string,
    private readonly asked: AskedFrames,
  ) {}

  static async open(
    directory: string,
    files: DurableFiles,
    session: SpooledSession,
    asked: AskedFrames,
  ): Promise<FrameExport> {
    const store = await FrameStore.open(join(directory, 'frames.zarr'), files);
    await store.describe(attributesOf(session, asked));
    return new FrameExport(store, files, directory, asked);
  }

  /** Frames written. */
  get items(): number {
    return this.store.items;
  }

  async put({ chunk, time, acceptedAt }: SpooledChunk, { dims, bytes, time: told }: SpooledBody): Promise<void> {
    const { fps, chunkSize } = this.asked.options;
    const [frames = 0, height = 0, width = 0] = dims;
    // Damage may have taken every record of a time: then it was filled as it was accepted.
    const known = time ?? told ?? { startMs: acceptedAt - (frames / fps) * 1000, timeBase: 'host' };
    const { start: startMs } = spanOf(known.startMs, frames, fps, readingFor(known, undefined));
    const place = { index: chunk.index, frames, height, width, chunkSize, startMs, fps };
    await this.files.draft(async (draft, put) => {
      await draft.writeFile(bytes);
      await checkAndPadShard(draft, bytes.byteLength, place);
      await this.store.put({ ...place, dataId: '', expiresMs: 0 }, put);
    });
  }

  /** Beside the store, what it has no place for. */
  async finish(written: readonly SpooledChunk[]): Promise<object> {
    await writeFile(join(this.directory, 'frames.jsonl'), frameLines(written, this.asked.options.chunkSize));
    return {};
  }
}

/** A line a frame: its slot in the store, and what its camera knew of it. */
const frameLines = (chunks: readonly SpooledChunk[], chunkSize: number): string =>
  chunks
    .flatMap(({ chunk, frames = [] }) =>
      frames.map((info, k) => jsonLine({ frame: chunk.index * chunkSize + k, ...info })),
    )
    .join('');

/** As a local platform describes a stream, with what was asked for in place of what it would have made of it. */
const attributesOf = ({ id, contents }: SpooledSession, { kind, options }: AskedFrames) => {
  const startedAt = new Date(contents.startedAt ?? 0);
  const request = createRheedRequest(options, startedAt);
  return {
    ...request,
    name: request.data_item_name,
    kind,
    data_id: contents.stream?.dataId ?? null,
    session: id,
    created: startedAt.toISOString(),
    ended: null,
    physical_sample: options.physicalSample ?? null,
    tags: options.tags ?? [],
  };
};
