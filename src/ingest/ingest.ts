import type { Observable } from 'rxjs';
import type { Asked, StreamKind } from '../model/asked.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { DataId } from '../model/identifiers.js';
import type { Links } from '../model/links.js';
import type { PlatformStream } from '../model/platformStream.js';
import type { Results } from '../model/results.js';

/** Links whose names have become the platform's ids. */
export interface ResolvedLinks {
  readonly sampleId?: string;
  readonly projectId?: string;
  readonly tagIds: readonly string[];
}

/**
 * The platform's API: each method is one cold attempt a subscription, aborted by unsubscribing; every failure is an
 * `IngestError`. Nothing is retried inside: that is delivery's.
 */
export interface Ingest {
  /** Finds (or creates) the physical sample and the tags. A UUID that is not there is an `IngestError` of `from: 'api'`, status 404. */
  resolve(links: Links): Observable<ResolvedLinks>;
  /** Creates a stream. Not idempotent. */
  create(asked: Asked): Observable<DataId>;
  /** Applies resolved links to a stream; completes. */
  link(dataId: DataId, links: ResolvedLinks): Observable<never>;
  /**
   * Sends one chunk as chunk `chunk.index`: frames by a fresh presigned URL and the PUT; points of a channel, or of several when
   * `chunk.channel` is undefined, in one request. Cumulative bytes sent, completes on 2xx. Does not release the body.
   */
  send(
    dataId: DataId,
    asked: Asked,
    chunk: ChunkRef,
    time: ChunkTime,
    body: EncodedChunk,
  ): Observable<{ readonly sentBytes: number }>;
  /** Tells the platform that the stream is over; completes. */
  end(kind: StreamKind, dataId: DataId): Observable<never>;
  /** What the platform has computed of a stream, of its last `lastN` frames or points; `undefined` when there is nothing yet. */
  results(kind: StreamKind, dataId: DataId, lastN?: number): Observable<Results | undefined>;
  /** The streams that the platform lists; `undefined` when it has no such list. */
  streams(): Observable<readonly PlatformStream[] | undefined>;
  /**
   * The reference clock, shared by every subscriber and kept measured while there is one: the last reading at once, `undefined` when
   * the first attempt failed or the platform has none. Never errors.
   */
  readonly clock$: Observable<ClockReading | undefined>;
  /** The key is asked for again at every call (it is a function), so a 401 may heal. */
  readonly keyMayChange: boolean;
  /** Aborts what is under way and closes the connections; completes. The port is of no use afterwards. */
  close(): Observable<never>;
}
