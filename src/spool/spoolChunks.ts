import { join } from 'node:path';
import { chunkName } from '../journal/chunkName.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import { SpoolError } from '../model/errors.js';
import { ChunkFiles } from './chunkFiles.js';
import { hasBody, type SpooledChunk } from './spooledChunk.js';
import { type SpoolPlace, sessionIn } from './spoolPlace.js';
import { type SpooledSession, spoolSession } from './spoolSessions.js';

/** The bytes of a chunk that is kept, and their shape. */
export interface SpooledBody {
  /** frames, height, width; or points. */
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
  /** As its file tells it. */
  readonly time?: ChunkTime;
}

/** What a session keeps, refused chunks too, by channel and place. A chunk that was refused and has grown since is here twice. */
export const keptChunks = ({ contents }: SpooledSession): readonly SpooledChunk[] =>
  [...contents.undelivered.values(), ...contents.deadLetters.values()].sort(
    ({ chunk: one }, { chunk: other }) =>
      (one.channel ?? '').localeCompare(other.channel ?? '') || one.index - other.index,
  );

/** Accepted by a process that died before they were on the disk, or gone from there. What a living one accepted is on its way. */
export const lostChunks = ({ contents, isRunning, isFuture }: SpooledSession): readonly SpooledChunk[] =>
  isRunning || isFuture ? [] : [...contents.undelivered.values()].flatMap(withoutBody);

/** Chunks, or parts of them, whose bytes are not on the disk. */
export const withoutBody = ({ unkept, ...spooled }: SpooledChunk): readonly SpooledChunk[] => {
  if (!hasBody(spooled)) return [spooled];
  const { file: _, body: __, ...rest } = spooled;
  return unkept === undefined ? [] : [{ ...rest, chunk: unkept, bytes: 0 }];
};

/** How many frames or points chunks have. */
export const itemsOf = (chunks: readonly SpooledChunk[]): number =>
  chunks.reduce((sum, { chunk }) => sum + chunk.items, 0);

/** A chunk's bytes, checked against their checksum; a `SpoolError` when they are not what was kept. */
export const bodyOf = async (
  place: SpoolPlace,
  { id }: Pick<SpooledSession, 'id'>,
  { chunk, file, body }: SpooledChunk,
): Promise<SpooledBody> => {
  if (body !== undefined) return body;
  const directory = join(sessionIn(place.root, id), 'chunks');
  if (file === undefined) throw new SpoolError(directory, `has nothing of chunk ${chunk.index}`);
  const kept = await new ChunkFiles(place.disk, directory, { clock: place.clock, onTrouble: () => {} }).read(file);
  return { dims: kept.header.dims, bytes: kept.body, time: kept.header.time };
};

/** Whether a chunk is kept now: what could be listed and not be read has perhaps just been delivered. */
export const isStillKept = async (
  place: SpoolPlace,
  { id }: Pick<SpooledSession, 'id'>,
  chunk: ChunkRef,
): Promise<boolean> => {
  const now = await spoolSession(place, id);
  return now !== undefined && keptChunks(now).some((kept) => chunkName(kept.chunk) === chunkName(chunk));
};
