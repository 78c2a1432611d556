import {
  AsyncSubject,
  catchError,
  concat,
  concatWith,
  defer,
  EMPTY,
  mergeMap,
  type Observable,
  of,
  share,
  tap,
  throwError,
} from 'rxjs';
import type { Recovered, SessionJournal } from '../journal/sessionJournal.js';
import type { ChunkRef } from '../model/chunkRef.js';
import { IngestError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';
import type { Problem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import { Creation } from './creation.js';
import { Linking } from './linking.js';
import type { Rooms } from './platform.js';
import { isGone } from './verdict.js';

/** One stream on the platform that holds chunks of a session. */
export interface Stream {
  readonly dataId: DataId;
  /** The session's index of the stream's chunk 0. */
  readonly firstIndex: number;
  /** The same for each channel, once it has a chunk in this stream; channels go on from where they are, each by itself. */
  readonly firstIndexes: Map<string, number>;
  /** The stream that it goes on from. */
  readonly continues: DataId | undefined;
  /** The platform knows that it is over. */
  readonly isEnded: boolean;
  /** It is there, and no other organisation's: the platform has said yes to a call on it, or was asked to end it before. */
  isOurs: boolean;
  /** A continuation has to receive a chunk first: a platform that closes whatever it gets would be given streams without end. */
  mayBeContinued: boolean;
  /** What takes the rest, once the platform has closed this one. */
  next$?: Observable<Stream>;
}

type Found = NonNullable<Recovered['stream']>;

/** The streams of one session: the first, and the continuation of one that the platform closed. */
export class Streams {
  readonly #linking: Linking;
  readonly #creation: Creation;
  current: Stream | undefined;

  constructor(
    private readonly journal: SessionJournal,
    private readonly attempts: Attempts,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {
    this.#linking = new Linking(journal, attempts, rooms);
    this.#creation = new Creation(journal, attempts, this.#linking, rooms);
  }

  /** A new stream; or the one that an earlier process left, from where it had come to. */
  open(): Observable<Stream> {
    const { recovered } = this.journal;
    if (recovered?.stream === undefined) return this.#create().pipe(mergeMap((stream) => this.#open(stream)));
    const stream = this.#adopt(recovered.stream);
    if (stream.next$ !== undefined) return of(stream);
    if (!recovered.stream.isOpened) return concat(this.#linking.resolve(), this.#open(stream));
    // Sent again on somebody's demand, perhaps with other links.
    return recovered.mayContinue ? concat(this.#linking.resolve(), this.#link(stream), of(stream)) : of(stream);
  }

  /** The continuation of a stream that is closed: one, shared by every chunk that needs it. */
  after(closed: Stream, why: unknown, before$: Observable<never> = EMPTY): Observable<Stream> {
    closed.next$ ??= this.#mayContinue(closed) ? this.#continue(closed, before$) : throwError(() => why);
    return closed.next$;
  }

  /** The index of a chunk in a stream. In a continuation it is counted from the first that is not on the platform yet. */
  placeOf({ index, channel = '' }: ChunkRef, { firstIndex, firstIndexes, continues }: Stream): number {
    if (!this.#countsByChannel || continues === undefined) return index - firstIndex;
    const first = firstIndexes.get(channel) ?? this.#firstUndelivered(channel);
    firstIndexes.set(channel, first);
    return index - first;
  }

  /** Tells the platform that a stream is over. One that it has closed by itself is over as well. */
  end(stream: Stream): Observable<never> {
    if (stream.isEnded) return EMPTY;
    const { asked } = this.journal;
    return concat(
      defer(() => this.journal.append({ type: 'intent', step: 'end' })),
      this.attempts.of('end', () => this.rooms.ingest.end(asked.kind, stream.dataId)),
    ).pipe(catchError((error) => (stream.isOurs && isGone(error) ? EMPTY : throwError(() => error))));
  }

  /** Where whoever fills a session gives the indexes, one chunk may hold several channels, and another one of them: all go on together. */
  get #countsByChannel(): boolean {
    const { asked } = this.journal;
    return asked.kind === 'timeseries' && asked.options.flushAfterMs > 0;
  }

  /** What earlier processes left is continued when somebody asked for that, and not by itself. */
  #mayContinue({ mayBeContinued }: Stream): boolean {
    const { recovered, asked } = this.journal;
    return mayBeContinued && (recovered?.mayContinue ?? asked.options.onClosed !== 'keep');
  }

  #continue({ dataId }: Stream, before$: Observable<never>): Observable<Stream> {
    return concat(before$, this.#create(dataId)).pipe(
      mergeMap((stream) => this.#open(stream)),
      share({ connector: () => new AsyncSubject(), resetOnComplete: false }),
    );
  }

  #adopt({ dataId, firstIndex, firstIndexes = new Map(), isOpened, isEnded, isEndAsked }: Found): Stream {
    const stream: Stream = {
      dataId,
      firstIndex,
      firstIndexes: new Map(firstIndexes),
      continues: this.journal.report().streams.at(isOpened ? -2 : -1),
      isEnded,
      isOurs: isEndAsked,
      mayBeContinued: true,
    };
    this.current = stream;
    if (isEnded || this.#hasEarlier(stream)) this.after(stream, over(dataId), this.end(stream));
    return stream;
  }

  /** A dead letter from before a continuation has no place in it: only a new one can take it. */
  #hasEarlier({ firstIndex, firstIndexes }: Stream): boolean {
    return this.journal
      .undelivered()
      .some(({ chunk: { index, channel = '' } }) => index < (firstIndexes.get(channel) ?? firstIndex));
  }

  #create(continues?: DataId): Observable<Stream> {
    return concat(this.#linking.resolve(), this.#creation.create()).pipe(
      mergeMap((dataId) => {
        const isFirst = continues === undefined;
        const stream: Stream = {
          dataId,
          firstIndex: isFirst || this.#countsByChannel ? 0 : this.#firstUndelivered(),
          firstIndexes: new Map(),
          continues,
          isEnded: false,
          isOurs: true,
          mayBeContinued: isFirst,
        };
        return concat(this.journal.append({ type: 'created', ...placeOf(stream) }), of(stream));
      }),
    );
  }

  /** The links, and `opened`, which is safe before the first chunk leaves. */
  #open(stream: Stream): Observable<Stream> {
    const { continues } = stream;
    const opened = () => {
      this.current = stream;
      const known = continues === undefined ? {} : { continues };
      return this.journal.append({ type: 'opened', ...placeOf(stream), ...known });
    };
    return concat(this.#link(stream), defer(opened), of(stream));
  }

  #link(stream: Stream): Observable<never> {
    const { dataId } = stream;
    return this.#linking.apply(dataId).pipe(
      tap({
        complete: () => {
          stream.isOurs = true;
        },
      }),
      catchError((refusal) => this.#unlinked(stream, refusal)),
      tap({ unsubscribe: () => this.#leftBehind(dataId) }),
    );
  }

  /** In mid-run, and once something is durable, the frames count for more than a link. */
  #unlinked(stream: Stream, refusal: unknown): Observable<never> {
    const { recovered, isDurable } = this.journal;
    if (!stream.isOurs && isGone(refusal) && !recovered?.mayContinue) return throwError(() => refusal); // perhaps not ours
    if (isDurable || stream.continues !== undefined) return this.#linking.applyEach(stream.dataId, refusal);
    const fail = (fate: string) => throwError(() => naming(stream.dataId, fate, refusal));
    return this.end(stream).pipe(
      catchError(() => fail('could not be ended')), // the refusal is what the user has to hear of
      concatWith(defer(() => fail('was ended'))),
    );
  }

  /** On disk a stream that is created is found again. */
  #leftBehind(dataId: DataId): void {
    if (this.journal.promises === 'durable') return;
    this.#creation.orphaned({
      tag: 'TooLate',
      message: `stream ${dataId} was created, and neither linked nor ended`,
    });
  }

  #firstUndelivered(ofChannel?: string): number {
    return this.journal
      .undelivered()
      .filter(({ chunk: { channel = '' } }) => ofChannel === undefined || channel === ofChannel)
      .reduce((first, { chunk }) => Math.min(first, chunk.index), Infinity);
  }
}

const placeOf = ({ dataId, firstIndex, continues }: Stream) => ({
  dataId,
  ...(continues === undefined ? {} : { firstIndex }),
});

const naming = (dataId: DataId, fate: string, error: unknown): unknown => {
  if (!(error instanceof IngestError)) return error;
  const message = `${error.message}; stream ${dataId} had been created, and ${fate}`;
  const problem: Problem = { ...error.context.problem, message };
  return new IngestError(message, { ...error.context, problem }, { cause: error });
};

const over = (dataId: DataId): IngestError => {
  const message = `stream ${dataId} is over, and takes no more chunks`;
  return new IngestError(message, { step: 'send', from: 'api', problem: { tag: 'IngestError', message } });
};
