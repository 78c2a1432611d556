import type { SessionId } from '../model/identifiers.js';
import { isComplete } from '../model/isComplete.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';
import { itemNoun } from './itemNoun.js';
import { Losses } from './losses.js';
import { count } from './quantity.js';

/** Follows the sessions of earlier processes that are delivered beside a run, and says of each how it fares. */
export class EarlierSessions {
  readonly #open = new Set<SessionId>();
  readonly #losses = new Losses();

  /** What is worth saying of an event, which may be of any session. */
  hear(event: SessionEvent): string | undefined {
    this.#losses.hear(event);
    if (event.type === 'recovered') {
      this.#open.add(event.session);
      return `session ${event.session} of an earlier run is delivered too: ${count(event.undelivered, 'chunk')} and its end`;
    }
    if ((event.type !== 'closed' && event.type !== 'gaveUp') || !this.#open.delete(event.session)) return undefined;
    const session = `session ${event.session} of an earlier run`;
    const { report } = event;
    if (event.type === 'gaveUp')
      return [`${session} stays in the spool: ${event.problem.message}`, ...this.#missing(report)].join('; ');
    if (isComplete(report)) return `${session} has been delivered and ended`;
    const delivered = `${session} has been ended: ${count(report.delivered, itemNoun(report))} delivered`;
    return [delivered, ...this.#missing(report)].join('; ');
  }

  #missing(report: SessionReport): readonly string[] {
    const { session, rejected, kept } = report;
    const noun = itemNoun(report);
    const lost = this.#losses.textOf(report);
    return [
      ...(lost === undefined ? [] : [lost]),
      ...(rejected > 0
        ? [`${count(rejected, noun)} refused by the platform, and kept: see epistream spool retry ${session}`]
        : []),
      ...(kept > 0 ? [`${count(kept, noun)} still in the spool`] : []),
    ];
  }
}
