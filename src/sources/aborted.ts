import { fromEvent, NEVER, type Observable, of } from 'rxjs';

/**
 * Emits when the signal aborts, at once if it has; never without one.
 *
 * @internal
 */
export const aborted = (signal?: AbortSignal): Observable<unknown> =>
  signal === undefined ? NEVER : signal.aborted ? of(undefined) : fromEvent(signal, 'abort');
