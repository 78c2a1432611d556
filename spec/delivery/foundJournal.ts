import type { Recovered } from '../../src/journal/sessionJournal.js';
import type { ChunkRef } from '../../src/model/chunkRef.js';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { RheedOptions } from '../../src/model/rheedOptions.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import { type DiskScript, DurableJournal } from './durableJournal.js';

type Found = NonNullable<Recovered['stream']>;

/** How far a dead process had come with a session of one frame a chunk. */
export interface LeftAt {
  readonly session?: string;
  /** Chunks accepted, and of these: by index. */
  readonly accepted?: number;
  readonly notKept?: readonly number[];
  readonly delivered?: readonly number[];
  /** Dead letters that somebody wants to be sent again. */
  readonly retried?: readonly number[];
  readonly ending?: Outcome;
  readonly stream?: Partial<Found>;
  readonly recovered?: Partial<Recovered>;
  readonly options?: Partial<RheedOptions>;
  readonly script?: DiskScript;
}

const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const stream1: Found = {
  dataId: 'stream-1' as DataId,
  firstIndex: 0,
  isOpened: true,
  isEndAsked: false,
  isEnded: false,
};

/** The journal of a session whose process is dead, on a disk that is as slow as it is told to be. */
export const foundJournal = (left: LeftAt = {}): DurableJournal => {
  const { accepted = 0, notKept = [], delivered = [], retried = [], ending, stream } = left;
  const options: RheedOptions = {
    fps: 0.5,
    rotationsPerMin: 0,
    chunkSize: 1,
    streamName: 'Growth run 42',
    ...left.options,
  };
  const chunks = Array.from({ length: accepted }, (_, index): ChunkRef => ({ index, revision: 0, items: 1 }));
  const records: SessionRecord[] = [
    ...chunks.map(
      (chunk) => ({ type: 'accepted', chunk, time: { startMs: 2000 * chunk.index, timeBase: 'host' } }) as const,
    ),
    ...(stream === undefined || stream.isOpened === false
      ? []
      : [{ type: 'opened', dataId: stream.dataId ?? stream1.dataId } as const]),
    ...of(delivered).map((chunk) => ({ type: 'delivered', chunk, to: stream1.dataId, as: chunk.index }) as const),
    ...of(retried).flatMap((chunk) => [
      { type: 'rejected', chunk, problem } as const,
      { type: 'retried', chunk } as const,
    ]),
    ...(ending === undefined ? [] : [{ type: 'ending', outcome: ending } as const]),
  ];
  return new DurableJournal((left.session ?? 'found') as SessionId, { kind: 'rheed', options }, left.script, {
    recovered: {
      mayBeOrphaned: false,
      mayContinue: false,
      ...(stream === undefined ? {} : { stream: { ...stream1, ...stream } }),
      ...left.recovered,
    },
    records,
    bodies: chunks
      .filter(({ index }) => !notKept.includes(index))
      .map((chunk) => ({ chunk, body: bodyOf(chunk.index) })),
  });

  function of(indexes: readonly number[]): ChunkRef[] {
    return chunks.filter(({ index }) => indexes.includes(index));
  }
};

/** A frame of a grey that tells its chunk. */
const bodyOf = (index: number): EncodedChunk => {
  let made: EncodedChunk | undefined;
  const { width, height, data } = grayFrame({ data: new Uint8Array(12).fill(index) });
  const shard = inlineShardEncoder().begin({ width, height, frames: 1 });
  shard.add(data);
  shard.finish().subscribe((body) => {
    made = body;
  });
  if (made === undefined) throw new Error('the inline encoder answers at once');
  return made;
};
