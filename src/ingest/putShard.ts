import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { Dispatcher } from 'undici';
import type { EncodedChunk } from '../model/encodedChunk.js';
import { exchange } from './exchange.js';
import { failure, noAnswer } from './failure.js';
import { fromAttempt } from './fromAttempt.js';
import { redactor, secretsOf } from './redact.js';
import { refusal } from './refusal.js';
import type { Timeouts } from './timeouts.js';
import { watchdog } from './watchdog.js';

const SLICE = 256 * 1024;
// What the kernel has taken and the network has not: at most its send buffer, here at the slowest rate worth waiting for.
const UNSEEN_BYTES = 4 * 1024 * 1024;
const SLOWEST_BYTES_PER_MS = 16;

/** Cumulative bytes handed to the network; all of them, once more, with the storage's 2xx. */
export interface Sent {
  readonly sentBytes: number;
}

export interface PutShardOptions {
  readonly dispatcher: Dispatcher;
  readonly timeouts: Timeouts;
}

/**
 * Puts one shard to a presigned URL: no key, no content type, redirects are refusals.
 *
 * The body leaves in slices as the network takes them, so that only a stall times out. Repeating it rewrites the same object.
 */
export const putShard =
  ({ dispatcher, timeouts: { stallMs, replyMs } }: PutShardOptions) =>
  (url: string, body: EncodedChunk): Observable<Sent> =>
    fromAttempt<Sent>((outer, progress) => {
      const dog = watchdog(outer);
      const redact = redactor([url, ...secretsOf(new URL(url))]);
      const onSent = (sentBytes: number) => {
        const unseenMs = sentBytes < body.byteLength ? 0 : Math.min(sentBytes, UNSEEN_BYTES) / SLOWEST_BYTES_PER_MS;
        dog.feed(stallMs + unseenMs, 'no byte moved');
        progress({ sentBytes });
      };
      const put = () =>
        exchange({
          method: 'PUT',
          url,
          headers: { 'content-type': '', 'content-length': String(body.byteLength) },
          body: slices(body.parts, onSent),
          signal: dog.signal,
          dispatcher,
          onHeaders: () => dog.feed(replyMs, 'no whole reply'),
        });
      dog.feed(stallMs, 'no byte moved');
      return pipe(
        TE.tryCatch(
          () => put().finally(dog.stop),
          (cause) => noAnswer('put', new URL(url).origin, cause, redact),
        ),
        TE.chain((answer) =>
          answer.status >= 200 && answer.status < 300
            ? TE.right({ sentBytes: body.byteLength })
            : TE.left(failure(refusal(answer, 'put', 'storage', url), redact)),
        ),
      );
    });

/** The parts in slices small enough that a slow network takes one within the stall time; asking for the next means that one went. */
function* slices(parts: readonly Uint8Array[], onSent: (sentBytes: number) => void): Generator<Uint8Array> {
  let sentBytes = 0;
  for (const part of parts)
    for (let start = 0; start < part.byteLength; start += SLICE) {
      const slice = part.subarray(start, start + SLICE);
      yield slice;
      sentBytes += slice.byteLength;
      onSent(sentBytes);
    }
}
