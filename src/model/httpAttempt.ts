import type { IngestStep } from './errors.js';

/** One HTTP request that is over, as the diagnostics channel `epistream:request` tells of it: nothing in it is secret. */
export interface HttpAttempt {
  /** What it was for. An upload is a `presign` and a `put`. */
  readonly step: IngestStep;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the endpoint, with `:name` where an id stands; `(presigned)` for the storage. Without its query. */
  readonly route: string;
  /** The answer's, when one came. */
  readonly status?: number;
  /** Why no whole answer came: the code or the name of the failure, such as `ECONNREFUSED`, `TimeoutError`, `AbortError`. */
  readonly error?: string;
  /** Until the whole answer was here, or the attempt had failed. */
  readonly ms: number;
  /** Size of the request's body. */
  readonly requestBytes: number;
  /** Size of the answer's body, as far as it is text. */
  readonly replyBytes: number;
}
