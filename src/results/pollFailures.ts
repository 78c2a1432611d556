import { EMPTY, type Observable, throwError } from 'rxjs';
import type { Rooms } from '../delivery/platform.js';
import { verdictOn } from '../delivery/verdict.js';
import { IngestError } from '../model/errors.js';

/** A `Retry-After` of days would be a hang. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/** What becomes of requests that fail. */
export interface PollFailures {
  /** A request has been answered. */
  answered(): void;
  /** One has failed: nothing comes of it, or the stream ends with it. */
  failed(error: unknown): Observable<never>;
  /** What the platform asked for with the last failure, ms. */
  askedToWaitMs(): number;
}

/**
 * Tells `onError` of every failure. Without it what may pass is a warning, once an outage, and a refusal is passed on.
 *
 * @internal
 */
export const pollFailures = (
  { ingest, log }: Pick<Rooms, 'ingest' | 'log'>,
  dataId: string,
  onError?: (error: unknown) => void,
): PollFailures => {
  let isTold = false;
  let retryAfterMs = 0;
  const warn = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    log?.warn(`cannot read the results of ${dataId} (${Object(error).message}); it goes on asking`);
  };
  return {
    answered: () => {
      isTold = false;
      retryAfterMs = 0;
    },
    failed: (error) => {
      retryAfterMs = error instanceof IngestError ? (error.context.retryAfterMs ?? 0) : 0;
      const { means } = verdictOn(error, ingest.keyMayChange);
      if (onError === undefined && means !== 'retry' && means !== 'pause') return throwError(() => error);
      (onError ?? warn)(error);
      return EMPTY;
    },
    askedToWaitMs: () => Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS),
  };
};
