import type { SessionId } from '../model/identifiers.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import { count } from './quantity.js';

/** Follows the sessions of earlier processes that are delivered beside a run, and says of each how it fares. */
export class EarlierSessions {
  readonly #open = new Set<SessionId>();

  /** What is worth saying of an event, which may be of any session. */
  hear(event: SessionEvent): string | undefined {
    if (event.type === 'recovered') {
      this.#open.add(event.session);
      return `session ${event.session} of an earlier run is delivered too: ${count(event.undelivered, 'chunk')} and its end`;
    }
    if ((event.type !== 'closed' && event.type !== 'gaveUp') || !this.#open.delete(event.session)) return undefined;
    return event.type === 'closed'
      ? `session ${event.session} of an earlier run has been delivered and ended`
      : `session ${event.session} of an earlier run stays in the spool: ${event.problem.message}`;
  }
}
