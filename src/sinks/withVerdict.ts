import { concat, concatMap, EMPTY, type MonoTypeOperatorFunction, type Observable, of, throwError } from 'rxjs';
import { IncompleteSessionError, SessionFailedError } from '../model/errors.js';
import { isComplete } from '../model/isComplete.js';
import type { SessionEvent } from '../model/sessionEvent.js';

/** Why the source failed, when it did. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Lets a session's events pass and adds what they come to: nothing when all was delivered and the source completed; else the
 * session's error, with the source's as `earlier`, or the source's own.
 */
export const withVerdict = (failure: () => Failure | undefined): MonoTypeOperatorFunction<SessionEvent> =>
  concatMap((event) => concat(of(event), verdictAt(event, failure)));

const verdictAt = (event: SessionEvent, failure: () => Failure | undefined): Observable<never> => {
  const earlier = failure();
  switch (event.type) {
    case 'closed':
      if (!isComplete(event.report)) return throwError(() => new IncompleteSessionError(event.report, earlier?.error));
      return earlier === undefined ? EMPTY : throwError(() => earlier.error);
    case 'gaveUp': {
      const { phase, problem, report } = event;
      return throwError(() =>
        phase === 'deliver'
          ? new IncompleteSessionError(report, earlier?.error)
          : new SessionFailedError(phase, problem, report, earlier?.error),
      );
    }
    default:
      return EMPTY;
  }
};
