import { channel } from 'node:diagnostics_channel';
import { exhaustMap, filter, type Observable, takeWhile } from 'rxjs';
import type { PlatformStatus } from '../model/platformStatus.js';
import type { SessionEvent } from '../model/sessionEvent.js';

const told = channel('epistream:event');
const health = channel('epistream:status');

/**
 * Publishes every event on `epistream:event`, and on `epistream:status` the status while a session is open or draining.
 *
 * Nothing is worked out for a channel that nobody has subscribed to.
 */
export const publish = (events$: Observable<SessionEvent>, status$: Observable<PlatformStatus>): void => {
  events$.subscribe((event) => told.publish(event));
  events$
    .pipe(
      filter(() => health.hasSubscribers),
      exhaustMap(() => status$.pipe(takeWhile(({ sessions }) => health.hasSubscribers && sessions > 0, true))),
    )
    .subscribe((status) => health.publish(status));
};
