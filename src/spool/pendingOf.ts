import { defer, from, map, type Observable, of } from 'rxjs';
import type { Pending } from '../journal/sessionJournal.js';
import type { ChunkRef } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { HotBody } from './hotBody.js';
import type { SessionDirectory } from './sessionDirectory.js';
import type { Spooled } from './spooledChunk.js';

/** A chunk to be delivered, with all that is here of it by now, whatever is added. Nothing of one whose time nobody knows. */
export const pendingOf = (
  directory: Pick<SessionDirectory, 'read'>,
  spooled: Spooled | undefined,
  chunk: ChunkRef,
  hot?: HotBody,
): readonly Pending[] => {
  if (spooled?.time === undefined) return [];
  const { time, bytes } = spooled;
  const dims = spooled.file === undefined ? spooled.dims : undefined;
  return [{ chunk, time, body: () => defer(() => bodyOf(directory, spooled, { bytes, dims, hot })) }];
};

interface Part {
  readonly bytes: number;
  /** Absent for a whole file, which tells them. */
  readonly dims: readonly number[] | undefined;
  readonly hot: HotBody | undefined;
}

/** From memory while it is there, else read back; a subscriber who has left takes nothing. */
const bodyOf = (
  directory: Pick<SessionDirectory, 'read'>,
  { file, body }: Spooled,
  { bytes, dims, hot }: Part,
): Observable<EncodedChunk> => {
  if (file === undefined) return of(encodedOf(body.upTo(bytes), dims ?? []));
  const taken = hot?.take();
  if (taken !== undefined) return of(taken);
  return from(directory.read(file)).pipe(
    map((read) => encodedOf(read.body.subarray(0, bytes), dims ?? read.header.dims)),
  );
};

/** Bytes that need no release. */
export const encodedOf = (bytes: Uint8Array, dims: readonly number[]): EncodedChunk => ({
  parts: [bytes],
  byteLength: bytes.byteLength,
  dims,
  release: () => {},
});
