import type { IngestStep } from './errors.js';

/**
 * One HTTP request that is over, as the diagnostics channel `epistream:request` tells of it: nothing in it is secret.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import { connect, fromFrames, type HttpAttempt, rheedSink } from 'epistream';
 * import { frames, startFaultServer } from 'epistream/testing';
 *
 * const uploads: HttpAttempt[] = [];
 * subscribe('epistream:request', (message) => {
 *   const attempt = message as HttpAttempt;
 *   if (attempt.step === 'put') uploads.push(attempt);
 * });
 * const server = await startFaultServer();
 * server.script('put', [{ type: 'answer', status: 503 }]);
 * const platform = connect({ endpoint: server.url, apiKey: 'key', spool: false, retry: { baseMs: 1 } });
 * await fromFrames(frames(2))
 *   .pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2 }))
 *   .forEach(() => {});
 * console.log(uploads.map(({ method, route, status }) => `${method} ${route} ${status}`));
 * await platform.close();
 * await server.close();
 * // → [ 'PUT (presigned) 503', 'PUT (presigned) 200' ]
 * ```
 */
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
