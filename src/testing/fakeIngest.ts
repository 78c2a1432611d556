import {
  concat,
  defer,
  EMPTY,
  ignoreElements,
  isObservable,
  map,
  mergeMap,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  tap,
  throwError,
  timer,
} from 'rxjs';
import type { Ingest } from '../ingest/ingest.js';
import type { StreamKind } from '../model/asked.js';
import { type ChannelPoints, decodePoints } from '../model/channelPoints.js';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { IngestError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';
import type { PlatformStream } from '../model/platformStream.js';
import type { Results } from '../model/results.js';
import { decodeShard } from '../zarr/decodeShard.js';
import { storedZstd } from '../zarr/zstd/storedZstd.js';

/** The calls of a session that can be scripted. */
export type Step = 'resolve' | 'create' | 'link' | 'send' | 'end' | 'results' | 'streams';

/**
 * How one call is answered: after a while, with a failure when there is one; or as the Observable says. `value` and emission are
 * what it answers with: `create`'s id, `results`' `Results` or `streams`' list (default: there are none).
 */
export type Reply =
  | { readonly afterMs?: number; readonly fail?: IngestError; readonly value?: unknown }
  | Observable<unknown>;

/** One reply for every call of a step, or one for each in turn, the last of them for the rest. */
export type Replies = Partial<Record<Step, Reply | readonly Reply[]>>;

/** A chunk that the fake platform has received. */
export interface ReceivedChunk {
  readonly dataId: DataId;
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  /** Its frames, each `height * width` bytes. */
  readonly frames: readonly Uint8Array[];
}

/** A chunk of points that the fake platform has received. A growing chunk comes again with all its points. */
export interface ReceivedPoints {
  readonly dataId: DataId;
  readonly chunk: ChunkRef;
  readonly time: ChunkTime;
  readonly channels: readonly ChannelPoints[];
}

export interface FakeIngestOptions {
  readonly replies: Replies;
  readonly scheduler: SchedulerLike;
  readonly clock$: Observable<ClockReading | undefined>;
  readonly keyMayChange: boolean;
}

/** An ingest port that answers as scripted, and remembers what it was asked and given. */
export class FakeIngest implements Ingest {
  readonly calls: string[] = [];
  readonly received: ReceivedChunk[] = [];
  readonly receivedPoints: ReceivedPoints[] = [];
  readonly clock$: Observable<ClockReading | undefined>;
  readonly keyMayChange: boolean;
  readonly #turns = new Map<Step, number>();
  #streams = 0;

  constructor(private readonly options: FakeIngestOptions) {
    this.clock$ = concat(options.clock$, NEVER);
    this.keyMayChange = options.keyMayChange;
  }

  resolve: Ingest['resolve'] = ({ projectId, tags = [] }) =>
    this.#answer('resolve').pipe(map(() => ({ tagIds: tags, ...(projectId === undefined ? {} : { projectId }) })));

  create: Ingest['create'] = () =>
    this.#answer('create').pipe(map((value) => (value ?? `stream-${++this.#streams}`) as DataId));

  link: Ingest['link'] = () => this.#answer('link').pipe(ignoreElements());

  send: Ingest['send'] = (dataId, { kind }, chunk, time, body) =>
    defer(() => {
      const name = chunk.channel === undefined ? `${chunk.index}` : `${chunk.channel}/${chunk.index}`;
      const receive = this.#receiver(kind, body); // now: the body is only lent
      return this.#answer('send', `send ${name}`).pipe(
        tap({ complete: () => receive({ dataId, chunk, time }) }),
        map(() => ({ sentBytes: body.byteLength })),
      );
    });

  end: Ingest['end'] = () => this.#answer('end').pipe(ignoreElements());

  results: Ingest['results'] = () => this.#answer('results').pipe(map((value) => value as Results | undefined));

  streams: Ingest['streams'] = () =>
    this.#answer('streams').pipe(map((value) => value as readonly PlatformStream[] | undefined));

  close: Ingest['close'] = () => EMPTY;

  #receiver(kind: StreamKind, body: EncodedChunk): (sent: Pick<ReceivedChunk, 'dataId' | 'chunk' | 'time'>) => void {
    if (kind === 'rheed') {
      const frames = framesOf(body);
      return (sent) => void this.received.push({ ...sent, frames });
    }
    const channels = decodePoints(body.parts);
    return (sent) => void this.receivedPoints.push({ ...sent, channels });
  }

  #answer(step: Step, call: string = step): Observable<unknown> {
    return defer(() => {
      this.calls.push(call);
      return this.#inTime(this.#nextReply(step));
    });
  }

  #nextReply(step: Step): Reply {
    const scripted = this.options.replies[step] ?? {};
    if (!Array.isArray(scripted)) return scripted as Reply;
    const turn = this.#turns.get(step) ?? 0;
    this.#turns.set(step, turn + 1);
    return (scripted as readonly Reply[])[Math.min(turn, scripted.length - 1)] ?? {};
  }

  #inTime(reply: Reply): Observable<unknown> {
    if (isObservable(reply)) return reply;
    const { afterMs = 0, fail, value } = reply;
    const answer$ = defer(() => (fail === undefined ? of(value) : throwError(() => fail)));
    return afterMs === 0 ? answer$ : timer(afterMs, this.options.scheduler).pipe(mergeMap(() => answer$));
  }
}

const framesOf = ({ parts, dims }: EncodedChunk): Uint8Array[] => {
  const [frames = 0, height = 0, width = 0] = dims;
  return decodeShard(Buffer.concat(parts), { frames, height, width }, storedZstd);
};
