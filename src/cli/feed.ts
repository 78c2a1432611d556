import { catchError, defer, EMPTY, type Observable, tap } from 'rxjs';
import type { RunPart } from '../model/runStreamName.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { RunEnd } from './exitCode.js';
import { partNouns } from './itemNoun.js';
import { Tally } from './tally.js';

/** What is known of a feed before it begins. */
export interface FeedPlan<Sinks> {
  readonly part: RunPart;
  /** Where its items still are when they were not delivered, in words. */
  readonly origin?: string | undefined;
  /** Items that were found; it may turn out that there are more. */
  readonly total?: number | undefined;
  /** Reads what there is, counts it in the tally, and puts it into a sink. */
  readonly into: (sinks: Sinks, tally: Tally) => Observable<SessionEvent>;
}

/** One input on its way into a session of its own. */
export class Feed<Sinks = never> {
  readonly tally: Tally;
  #error: unknown;

  constructor(private readonly plan: FeedPlan<Sinks>) {
    this.tally = new Tally(plan.part === 'frames' ? 'rheed' : 'timeseries');
  }

  get part(): RunPart {
    return this.plan.part;
  }

  get noun(): string {
    return partNouns[this.plan.part];
  }

  get total(): number | undefined {
    return this.plan.total;
  }

  /** Its session's events. What fails it is kept for `end` and told: it is no reason to end the other feeds. */
  events(sinks: Sinks, failed: (error: unknown) => void): Observable<SessionEvent> {
    return defer(() => this.plan.into(sinks, this.tally)).pipe(
      tap((event) => this.tally.event(event)),
      catchError((error: unknown) => {
        this.#error = error;
        failed(error);
        return EMPTY;
      }),
    );
  }

  /** What its session has come to; without a report there was none. */
  get end(): RunEnd {
    const { report } = this.tally;
    const { part, origin } = this.plan;
    const error = this.#error;
    return { part, ...(origin && { origin }), ...(report && { report }), ...(error === undefined ? {} : { error }) };
  }
}
