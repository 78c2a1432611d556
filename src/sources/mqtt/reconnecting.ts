import {
  defer,
  type MonoTypeOperatorFunction,
  type Observable,
  retry,
  type SchedulerLike,
  tap,
  throwError,
} from 'rxjs';
import { delayOf, type RetryPolicy } from '../../flow/retryPolicy.js';
import { waitOf } from '../../flow/waitOf.js';
import { SourceError } from '../../model/errors.js';
import type { MqttConnection } from './mqttConnection.js';
import type { LinkEvent } from './mqttLink.js';

export interface ReconnectingOptions {
  /** The broker's. */
  readonly name: string;
  readonly retry: RetryPolicy;
  /** Whether a broker that is not there at first is an error. */
  readonly mustConnect: boolean;
  readonly onConnection: (connection: MqttConnection) => void;
  readonly scheduler: SchedulerLike;
}

/**
 * Opens a link again and again, and tells how it stands. An error passes when the broker refuses the first connection (later it may be a
 * broker that is starting), and when it must be there at first and is not.
 *
 * ```
 * link          --c--m--#     #         --c--m
 * reconnecting  --c--m--      -         --c--m     told: connected, away, away, connected
 * ```
 *
 * @internal
 */
export const reconnecting =
  ({
    name,
    mustConnect,
    onConnection,
    scheduler,
    ...options
  }: ReconnectingOptions): MonoTypeOperatorFunction<LinkEvent> =>
  (link$) =>
    defer(() => {
      let wasConnected = false;
      const connected = ({ isResumed }: { readonly isResumed: boolean }): void => {
        wasConnected = true;
        onConnection({ state: 'connected', broker: name, isResumed });
      };
      const again = (error: unknown, retryNo: number): Observable<unknown> => {
        const mayPass = wasConnected || !(mustConnect || isRefusal(error));
        if (!isOfLink(error) || !mayPass) return throwError(() => error);
        const retryInMs = delayOf(options.retry, retryNo, error);
        onConnection({ state: 'away', broker: name, reason: error.context.reason, retryInMs });
        return waitOf(retryInMs, scheduler);
      };
      return link$.pipe(
        retry({ delay: again, resetOnSuccess: true }),
        tap((event) => event.type === 'connected' && connected(event)),
      );
    });

const isOfLink = (error: unknown): error is SourceError =>
  error instanceof SourceError && error.context.fault !== 'not installed';

const isRefusal = (error: unknown): boolean => error instanceof SourceError && error.context.fault === 'refused';
