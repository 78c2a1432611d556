import type { Observable } from 'rxjs';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { DataId } from '../model/identifiers.js';
import type { Results } from '../model/results.js';
import type { Sent } from './putShard.js';

/** What differs from one kind of stream to the other. Each is one attempt a subscription. */
export interface KindCalls<Options> {
  create(asked: Options): Observable<string>;
  send(dataId: DataId, asked: Options, chunk: ChunkRef, time: ChunkTime, body: EncodedChunk): Observable<Sent>;
  end(dataId: DataId): Observable<unknown>;
  results(dataId: DataId, lastN?: number): Observable<Results>;
}
