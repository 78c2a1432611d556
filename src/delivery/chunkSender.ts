import { catchError, concat, defer, EMPTY, finalize, identity, ignoreElements, mergeMap, type Observable } from 'rxjs';
import type { Pending, SessionJournal } from '../journal/sessionJournal.js';
import { toProblem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import type { Lane } from './lanes.js';
import type { Line } from './line.js';
import type { Rooms } from './platform.js';
import type { Stream, Streams } from './streams.js';

/** Sends chunks of one session: each ends up delivered, rejected (a dead letter), or in the continuation of a closed stream. */
export class ChunkSender {
  constructor(
    private readonly journal: SessionJournal,
    private readonly streams: Streams,
    private readonly attempts: Attempts,
    private readonly line: Line,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {}

  /** Completes when the chunk's fate is recorded; errors when the stream is closed and nothing may continue it. */
  send(pending: Pending, lane: Lane, stream: Stream): Observable<never> {
    if (stream.next$ !== undefined) return stream.next$.pipe(mergeMap((next) => this.send(pending, lane, next)));
    // A place is for an attempt: a chunk that waits for its next one keeps nobody out.
    const place = lane === 'backlog' ? this.line.backlog.pass() : identity;
    return concat(
      this.attempts.of('send', () => this.#put(pending, stream).pipe(place)).pipe(ignoreElements()),
      defer(() => this.#delivered(pending, stream)),
    ).pipe(catchError((error) => this.#failed(error, pending, lane, stream)));
  }

  #put({ chunk, time, body }: Pending, stream: Stream): Observable<unknown> {
    const { ingest } = this.rooms;
    const as = { ...chunk, index: this.streams.placeOf(chunk, stream) };
    return body().pipe(
      mergeMap((bytes) =>
        ingest.send(stream.dataId, this.journal.asked, as, time, bytes).pipe(finalize(() => bytes.release())),
      ),
    );
  }

  #delivered({ chunk }: Pending, stream: Stream): Observable<never> {
    stream.isOurs = true;
    stream.mayBeContinued = true;
    this.journal.append({ type: 'delivered', chunk, to: stream.dataId, as: this.streams.placeOf(chunk, stream) });
    return EMPTY;
  }

  #failed(error: unknown, pending: Pending, lane: Lane, stream: Stream): Observable<never> {
    const { chunk } = pending;
    const { means } = this.attempts.verdict(error);
    if (means === 'closed')
      return this.streams.after(stream, error).pipe(mergeMap((next) => this.send(pending, lane, next)));
    this.journal.append({ type: means === 'damaged' ? 'lost' : 'rejected', chunk, problem: toProblem(error) });
    return EMPTY;
  }
}
