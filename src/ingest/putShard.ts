import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { Dispatcher } from 'undici';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { Answer } from './exchange.js';
import { failure, noAnswer } from './failure.js';
import { fromAttempt } from './fromAttempt.js';
import type { Pace } from './pace.js';
import { publishedExchange } from './publishedExchange.js';
import { redactor, secretsOf } from './redact.js';
import { refusal } from './refusal.js';
import type { Timeouts } from './timeouts.js';
import { watchdog } from './watchdog.js';

const NO_BYTE = 'no byte moved';
const SLICE = 256 * 1024;
// What the kernel has taken and the network has not: at most its send buffer, of which it frees a good part at a time.
const UNSEEN_BYTES = 4 * 1024 * 1024;

/** Cumulative bytes handed to the network; all of them, once more, with the storage's 2xx. */
export interface Sent {
  readonly sentBytes: number;
}

export interface PutShardOptions {
  readonly dispatcher: Dispatcher;
  readonly timeouts: Timeouts;
  /** What the uploads before have told, and this one will tell the next. */
  readonly pace: Pace;
}

/** Puts a shard to a presigned URL. */
export type PutShard = (url: string, body: EncodedChunk) => Observable<Sent>;

/**
 * Puts one shard to a presigned URL: no key, no content type, redirects are refusals.
 *
 * The body leaves in slices as the network takes them, so that only a stall times out. Repeating it rewrites the same object.
 */
export const putShard =
  ({ dispatcher, timeouts: { stallMs, replyMs }, pace }: PutShardOptions): PutShard =>
  (url, body) =>
    fromAttempt<Sent>((outer, progress) => {
      const dog = watchdog(outer);
      const redact = redactor([url, ...secretsOf(new URL(url))]);
      const onSent = (sentBytes: number) => {
        dog.feed(stallMs + pace.patienceMs(Math.min(sentBytes, UNSEEN_BYTES)), NO_BYTE);
        progress({ sentBytes });
      };
      const about = { step: 'put', method: 'PUT', route: '(presigned)', requestBytes: body.byteLength } as const;
      const put = () =>
        publishedExchange(about, {
          url,
          headers: { 'content-type': '', 'content-length': String(body.byteLength) },
          body: slices(body.parts, onSent),
          signal: dog.signal,
          dispatcher,
          onHeaders: () => dog.feed(replyMs, 'no whole reply'),
        });
      dog.feed(stallMs, NO_BYTE);
      const since = performance.now();
      return pipe(
        TE.tryCatch(
          () => put().finally(dog.stop),
          (cause) => {
            if (dog.signal.aborted && !outer.aborted) pace.stalled();
            return noAnswer('put', new URL(url).origin, cause, redact);
          },
        ),
        TE.chain((answer) => {
          if (answer.status < 200 || answer.status >= 300)
            return TE.left(failure(refusal(answer, 'put', 'storage', url, redact), redact));
          if (isWebPage(answer.text)) return TE.left(failure(webPage(answer), redact));
          pace.went(body.byteLength, performance.now() - since);
          return TE.right({ sentBytes: body.byteLength });
        }),
      );
    });

/** A storage says nothing, or XML. A page is from somebody on the way: the sign-in of a guest network, a proxy. */
const isWebPage = (text: string): boolean => /^\s*<(?!\?xml)/i.test(text);

const webPage = ({ status }: Answer) =>
  ({ step: 'put', from: 'reply', status, what: `the reply (${status}) is a web page, not a storage's` }) as const;

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
