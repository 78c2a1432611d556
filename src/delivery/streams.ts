import {
  AsyncSubject,
  catchError,
  concat,
  concatWith,
  defer,
  EMPTY,
  map,
  mergeMap,
  type Observable,
  of,
  share,
  tap,
  throwError,
} from 'rxjs';
import type { ResolvedLinks } from '../ingest/ingest.js';
import type { SessionJournal } from '../journal/sessionJournal.js';
import { IngestError } from '../model/errors.js';
import type { DataId } from '../model/identifiers.js';
import { type Problem, toProblem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import type { Rooms } from './platform.js';

/** One stream on the platform that holds chunks of a session. */
export interface Stream {
  readonly dataId: DataId;
  /** The session's index of the stream's chunk 0. */
  readonly firstIndex: number;
  /** Chunks it has received. */
  received: number;
  /** What takes the rest, once the platform has closed this one. */
  next$?: Observable<Stream>;
}

/** The streams of one session: the first, and the continuation of one that the platform closed. */
export class Streams {
  current: Stream | undefined;
  #links: ResolvedLinks = { tagIds: [] };

  constructor(
    private readonly journal: SessionJournal,
    private readonly attempts: Attempts,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {}

  /** Links are resolved before anything is created, so that a bad one creates nothing. */
  open(): Observable<Stream> {
    return this.#resolve().pipe(
      tap((links) => {
        this.#links = links;
      }),
      mergeMap(() => this.#create((dataId, refusal) => this.#endUnlinked(dataId, refusal))),
      map((dataId) => this.#opened({ dataId, firstIndex: 0, received: 0 })),
    );
  }

  /** Without links there is no request, and no success that would say anything of the key. */
  #resolve(): Observable<ResolvedLinks> {
    const { options } = this.journal.asked;
    const resolve = () => this.rooms.ingest.resolve(options);
    const asksNothing = !options.physicalSample?.trim() && !options.tags?.some((tag) => tag.trim());
    return asksNothing ? resolve() : this.attempts.of('resolve', resolve);
  }

  /** The continuation of a stream that the platform has closed: one, shared by every chunk that needs it. */
  after(closed: Stream, why: unknown): Observable<Stream> {
    closed.next$ ??= this.#mayContinue(closed) ? this.#continue(closed) : throwError(() => why);
    return closed.next$;
  }

  #mayContinue({ received, firstIndex }: Stream): boolean {
    const isContinuation = firstIndex > 0 || this.journal.report().streams.length > 1;
    return this.journal.asked.options.onClosed !== 'keep' && (!isContinuation || received > 0);
  }

  #continue(closed: Stream): Observable<Stream> {
    return this.#create((_, refusal) => this.#goOnUnlinked(refusal)).pipe(
      map((dataId) => {
        const firstIndex = Math.min(...this.journal.undelivered().map(({ chunk }) => chunk.index));
        return this.#opened({ dataId, firstIndex, received: 0 }, closed.dataId);
      }),
      share({ connector: () => new AsyncSubject(), resetOnComplete: false }),
    );
  }

  #opened(stream: Stream, continues?: DataId): Stream {
    this.current = stream;
    this.journal.append({ type: 'opened', dataId: stream.dataId, ...(continues === undefined ? {} : { continues }) });
    return stream;
  }

  #create(onRefused: (dataId: DataId, refusal: unknown) => Observable<never>): Observable<DataId> {
    const { ingest } = this.rooms;
    const create = () => {
      this.journal.append({ type: 'intent', step: 'create' });
      return ingest.create(this.journal.asked).pipe(
        tap({
          error: (error) => this.#mayBeOrphaned(error),
          unsubscribe: () => this.#leftBehind('nobody waited for the answer to its creation'),
        }),
      );
    };
    const link = (dataId: DataId) =>
      this.attempts
        .of('link', () => ingest.link(dataId, this.#links))
        .pipe(
          catchError((refusal) => onRefused(dataId, refusal)),
          tap({ unsubscribe: () => this.#leftBehind(`stream ${dataId} was created, and neither linked nor ended`) }),
        );
    return this.attempts.of('create', create).pipe(mergeMap((dataId) => concat(link(dataId), of(dataId))));
  }

  /** A stream whose links were refused is ended, and the error names it. */
  #endUnlinked(dataId: DataId, refusal: unknown): Observable<never> {
    const end = this.attempts.of('end', () => this.rooms.ingest.end(this.journal.asked.kind, dataId));
    const fail = (fate: string) => throwError(() => naming(dataId, fate, refusal));
    return end.pipe(
      catchError(() => fail('could not be ended')), // the refusal is what the user has to hear of
      concatWith(defer(() => fail('was ended'))),
    );
  }

  /** In mid-run the frames count for more than a link: the refusal is a line of the report. */
  #goOnUnlinked(refusal: unknown): Observable<never> {
    this.journal.append({ type: 'linkRefused', problem: toProblem(refusal) });
    return EMPTY;
  }

  #mayBeOrphaned(error: unknown): void {
    const problem = lostReply(error);
    if (problem !== undefined) this.#orphaned(problem);
  }

  /** The opening was given up while the platform had the stream, or might have it. */
  #leftBehind(message: string): void {
    this.#orphaned({ tag: 'TooLate', message });
  }

  #orphaned(problem: Problem): void {
    this.journal.append({ type: 'orphaned', streamName: this.journal.asked.options.streamName ?? '', problem });
  }
}

const naming = (dataId: DataId, fate: string, error: unknown): unknown => {
  if (!(error instanceof IngestError)) return error;
  const message = `${error.message}; stream ${dataId} had been created, and ${fate}`;
  const problem: Problem = { ...error.context.problem, message };
  return new IngestError(message, { ...error.context, problem }, { cause: error });
};

/** The request may have been carried out although no usable reply came. */
const lostReply = (error: unknown): Problem | undefined => {
  if (!(error instanceof IngestError)) return undefined;
  const { from, status = 0, reached = true, problem } = error.context;
  const isLost =
    (from === 'network' && reached) || (from === 'reply' && status < 300) || status === 502 || status === 504;
  return isLost ? problem : undefined;
};
