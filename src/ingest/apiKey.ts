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

/** Asks for the key. */
export const askKey = (apiKey: ApiKey, step: IngestStep): TE.TaskEither<IngestError, string> =>
  typeof apiKey === 'string'
    ? TE.right(apiKey)
    : async () => {
        try {
          const key = await apiKey();
          // As good as a 401: the function may have a better key later.
          return isUsable(key)
            ? TE.right(key)()
            : TE.left(failure({ step, from: 'api', status: 401, what: `the apiKey function's key ${RULE}` }))();
        } catch (error) {
          // Only the name: the message may hold the key, which is not known here and so cannot be taken out.
          const name = error instanceof Error ? error.name : typeof error;
          return TE.left(failure({ step, from: 'network', what: `the apiKey function failed (${name})` }))();
        }
      };
