import { catchError, concat, defer, EMPTY, finalize, ignoreElements, mergeMap, type Observable } from 'rxjs';
import type { Pending, SessionJournal } from '../journal/sessionJournal.js';
import { toProblem } from '../model/problem.js';
import type { Attempts } from './attempts.js';
import type { Rooms } from './platform.js';
import type { Stream, Streams } from './streams.js';

/** Sends chunks of one session: each ends up delivered, rejected (a dead letter), or in the continuation of a closed stream. */
export class ChunkSender {
  constructor(
    private readonly journal: SessionJournal,
    private readonly streams: Streams,
    private readonly attempts: Attempts,
    private readonly rooms: Pick<Rooms, 'ingest'>,
  ) {}

  /** Completes when the chunk's fate is recorded; errors when the stream is closed and nothing may continue it. */
  send(pending: Pending, stream: Stream): Observable<never> {
    if (stream.next$ !== undefined) return stream.next$.pipe(mergeMap((next) => this.send(pending, next)));
    return concat(
      this.attempts.of('send', () => this.#put(pending, stream)).pipe(ignoreElements()),
      defer(() => this.#delivered(pending, stream)),
    ).pipe(
      catchError((error) => {
        if (this.attempts.verdict(error).means !== 'closed') return this.#rejected(pending, error);
        return this.streams.after(stream, error).pipe(mergeMap((next) => this.send(pending, next)));
      }),
    );
  }

  #put({ chunk, time, body }: Pending, { dataId, firstIndex }: Stream): Observable<unknown> {
    const { ingest } = this.rooms;
    const as = { ...chunk, index: chunk.index - firstIndex };
    return body().pipe(
      mergeMap((bytes) =>
        ingest.send(dataId, this.journal.asked, as, time, bytes).pipe(finalize(() => bytes.release())),
      ),
    );
  }

  #delivered({ chunk }: Pending, stream: Stream): Observable<never> {
    stream.received++;
    this.journal.append({ type: 'delivered', chunk, to: stream.dataId, as: chunk.index - stream.firstIndex });
    return EMPTY;
  }

  #rejected({ chunk }: Pending, error: unknown): Observable<never> {
    this.journal.append({ type: 'rejected', chunk, problem: toProblem(error) });
    return EMPTY;
  }
}
