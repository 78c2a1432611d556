import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import type { Dispatcher } from 'undici';
import type { IngestError, IngestStep } from '../model/errors.js';
import { type ApiKey, askKey } from './apiKey.js';
import type { Answer } from './exchange.js';
import { failure, noAnswer } from './failure.js';
import { fromAttempt } from './fromAttempt.js';
import { publishedExchange } from './publishedExchange.js';
import { messageOf, type Redact, redactor } from './redact.js';
import { refusal } from './refusal.js';
import { pathOf } from './routes.js';
import type { Timeouts } from './timeouts.js';
import { watchdog } from './watchdog.js';

/** One call of the platform's JSON API. */
export interface Call<A> {
  readonly step: IngestStep;
  readonly method: 'GET' | 'POST';
  /** The route below the endpoint; its `:name`s are filled in from `ids`. */
  readonly path: string;
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly reply: t.Decoder<unknown, A>;
  /** Decodes a 409, where that is an answer too. */
  readonly conflict?: t.Decoder<unknown, A>;
  /** Goes without the key and past every cache. */
  readonly isPublic?: boolean;
}

/** Makes calls: each subscription is one attempt. */
export type HttpCall = <A>(call: Call<A>) => Observable<A>;

/** The reply of a call that answers with nothing of interest: any JSON, or 204. */
export const Anything = t.unknown;

export interface HttpCallOptions {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly apiKey: ApiKey;
  readonly dispatcher: Dispatcher;
  readonly timeouts: Timeouts;
}

/** A maker of calls to one endpoint. */
export const httpCall = ({ endpoint, apiKey, dispatcher, timeouts }: HttpCallOptions): HttpCall => {
  // Also hidden in the answers to calls that go without a key, or with the next one.
  let lastKey = typeof apiKey === 'string' ? apiKey : '';
  return <A>(call: Call<A>) =>
    fromAttempt<A>((outer) => async () => {
      const dog = watchdog(outer);
      dog.feed(timeouts.replyMs, 'no whole reply');
      const attempt = pipe(
        call.isPublic ? TE.right('') : askKey(apiKey, call.step, dog.signal),
        TE.chain((key) => {
          const redact = redactor([key, lastKey]);
          lastKey = key || lastKey;
          return send({ endpoint, dispatcher, signal: dog.signal, call, key, redact });
        }),
      );
      return attempt().finally(dog.stop);
    });
};

interface Sending<A> {
  readonly endpoint: string;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  readonly call: Call<A>;
  /** Empty for a public call. */
  readonly key: string;
  readonly redact: Redact;
}

const send = <A>({ endpoint, dispatcher, signal, call, key, redact }: Sending<A>): TE.TaskEither<IngestError, A> => {
  const { step, method, path, ids, query } = call;
  const url = endpoint + pathOf(path, ids) + (query === undefined ? '' : `?${new URLSearchParams(query)}`);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const about = { step, method, route: path, requestBytes: Buffer.byteLength(body ?? '') };
  return pipe(
    TE.tryCatch(
      () =>
        publishedExchange(about, {
          url,
          headers: headersOf(call, key),
          ...(body === undefined ? {} : { body }),
          signal,
          dispatcher,
        }),
      (cause) => noAnswer(step, endpoint, cause, redact),
    ),
    TE.chainEitherK((answer) =>
      pipe(
        readReply(call, answer),
        E.orElse((unread) =>
          E.left(
            failure(
              unread === 'refused' ? refusal(answer, step, 'api', url, redact) : illegible(call, answer, unread),
              redact,
            ),
          ),
        ),
      ),
    ),
  );
};

const headersOf = <A>({ isPublic, body }: Call<A>, key: string): Record<string, string> => ({
  ...(isPublic ? { 'cache-control': 'no-store' } : { 'X-API-KEY': key }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
});

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** `'refused'`, or what is wrong with the text of a success. */
const readReply = <A>({ reply, conflict }: Call<A>, { status, text, cut }: Answer): E.Either<string, A> => {
  const decoder = isSuccess(status) ? reply : status === 409 ? conflict : undefined;
  if (decoder === undefined) return E.left('refused');
  if (status === 204 && reply === Anything) return E.right(undefined as A);
  return pipe(
    cut === undefined ? E.right(text) : E.left(`is cut off: ${messageOf(cut)}`),
    E.chain((whole) =>
      E.tryCatch(
        (): unknown => JSON.parse(whole),
        () => describe(whole),
      ),
    ),
    E.chain((json) =>
      pipe(
        decoder.decode(json),
        E.mapLeft((errors) => `has another shape${placeOf(errors)}`),
      ),
    ),
    E.mapLeft((wrong) => (isSuccess(status) ? wrong : 'refused')),
  );
};

const illegible = <A>({ step }: Call<A>, { status, cut }: Answer, wrong: string) =>
  ({ step, from: 'reply', status, what: `the reply (${status}) ${wrong}`, cause: cut }) as const;

const describe = (text: string): string =>
  text.trim() === '' ? 'is empty' : /^\s*</.test(text) ? 'is a web page, not JSON' : 'is not whole JSON';

/** Where a reply departs from its codec; never its values, which may be anything. */
const placeOf = (errors: t.Errors): string => {
  const path = errors[0]?.context.map(({ key }) => key).filter((key) => key !== '') ?? [];
  return path.length === 0 ? '' : ` (at ${path.join('.')})`;
};
