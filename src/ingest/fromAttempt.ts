import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { Observable } from 'rxjs';
import type { IngestError } from '../model/errors.js';

/** One attempt, which may tell how far it is. */
export type Attempt<A> = (signal: AbortSignal, progress: (value: A) => void) => TaskEither<IngestError, A>;

/** Runs an attempt a subscription; unsubscribing aborts it. */
export const fromAttempt = <A>(attempt: Attempt<A>): Observable<A> =>
  new Observable((subscriber) => {
    const controller = new AbortController();
    let isOver = false;
    // What is over has nobody to hear an abort, which would make an exception and its stack for every request.
    subscriber.add(() => isOver || controller.abort());
    const settle = E.match<IngestError, A, void>(
      (error) => subscriber.error(error),
      (value) => {
        subscriber.next(value);
        subscriber.complete();
      },
    );
    const over = (result: E.Either<IngestError, A>) => {
      isOver = true;
      settle(result);
    };
    attempt(controller.signal, (value) => subscriber.next(value))().then(over, (bug) => subscriber.error(bug));
  });
