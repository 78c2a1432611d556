import type { SessionId } from '../model/identifiers.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { itemNoun } from './itemNoun.js';
import { count } from './quantity.js';

/** Remembers how chunks of earlier processes' sessions were lost, to say it when such a session ends. */
export class Losses {
  readonly #damaged = new Set<SessionId>();

  hear(event: SessionEvent): void {
    if (event.type === 'lost' && event.problem.tag !== 'Interrupted') this.#damaged.add(event.session);
  }

  /** What a session has lost and why; nothing when that is nothing. */
  textOf(report: SessionReport): string | undefined {
    const { session, lost } = report;
    if (lost === 0) return undefined;
    const damaged = this.#damaged.has(session) ? ', or because the disk did not give them back' : '';
    return `${count(lost, itemNoun(report))} ${lost === 1 ? 'was' : 'were'} lost, because its process died before they were on the disk${damaged}`;
  }
}
