import { Subject } from 'rxjs';
import type { Platform } from '../../../src/delivery/platform.js';
import type { PlatformStatus } from '../../../src/model/platformStatus.js';
import type { SessionEvent } from '../../../src/model/sessionEvent.js';

/** A platform of which only the signs are there, given by hand. */
export const watched = () => {
  const status$ = new Subject<PlatformStatus>();
  const events$ = new Subject<SessionEvent>();
  return {
    platform: { status$, events$ } as unknown as Platform,
    status: (status: Partial<PlatformStatus>) =>
      status$.next({ sessions: 0, heldBytes: 0, undelivered: 0, delivered: 0, rejected: 0, lost: 0, ...status }),
    events: (event: object) => events$.next(event as SessionEvent),
    event: (type: string, session = 's', more: object = {}) =>
      events$.next({ type, session, at: 0, ...more } as SessionEvent),
  };
};
