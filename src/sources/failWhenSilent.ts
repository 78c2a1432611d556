import { identity, type MonoTypeOperatorFunction, type SchedulerLike, throwError, timeout } from 'rxjs';
import { LONGEST_WAIT_MS } from '../flow/waitOf.js';
import { SourceError } from '../model/errors.js';

/**
 * Errors with a `SourceError` when nothing has come for so long: a connection whose cable is pulled never ends by itself.
 *
 * ```
 * source                    a--b---------
 * failWhenSilent('it', 5)   a--b----#
 * ```
 *
 * @internal
 */
export const failWhenSilent = <T>(
  name: string,
  ms: number = Number.POSITIVE_INFINITY,
  scheduler: SchedulerLike,
): MonoTypeOperatorFunction<T> => {
  const silent = () => throwError(() => new SourceError(name, 'silent', `has said nothing for ${ms} ms`));
  return ms > LONGEST_WAIT_MS ? identity : timeout({ each: ms, with: silent, scheduler });
};
