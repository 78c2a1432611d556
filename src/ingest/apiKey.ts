import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type IngestError, type IngestStep, InputError } from '../model/errors.js';
import { failure } from './failure.js';

/** The platform's key, or a function that is asked for it at every call. */
export type ApiKey = string | (() => string | Promise<string>);

const RULE = 'must be one line of printable ASCII';

const isUsable = (key: unknown): boolean => typeof key === 'string' && /^[\x21-\x7e]+$/.test(key);

/** Throws an `InputError` for a constant key that cannot go into a header; it does not show the key. */
export const checkApiKey = (apiKey: ApiKey): void => {
  if (typeof apiKey === 'function' || isUsable(apiKey)) return;
  throw new InputError('apiKey', `${apiKey ?? ''}`.trim() === '' ? '' : '(not shown)', RULE);
};

/** Asks for the key, until the signal gives up. */
export const askKey = (apiKey: ApiKey, step: IngestStep, signal: AbortSignal): TE.TaskEither<IngestError, string> =>
  typeof apiKey === 'string'
    ? TE.right(apiKey)
    : pipe(
        TE.tryCatch(
          () => Promise.race([Promise.resolve().then(apiKey), aborted(signal)]),
          (error) =>
            failure({ step, from: 'network', neverSent: true, what: `the apiKey function ${wrong(error, signal)}` }),
        ),
        // As good as a 401: the function may have a better key later.
        TE.filterOrElse(isUsable, () =>
          failure({ step, from: 'api', status: 401, what: `the apiKey function's key ${RULE}` }),
        ),
      );

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });

/** Only the error's name: its message may hold the key, which is not known here and so cannot be taken out. */
const wrong = (error: unknown, signal: AbortSignal): string => {
  if (signal.aborted) return 'has not answered in time';
  return `failed (${error instanceof Error ? error.name : typeof error})`;
};
