import { chunkName } from '../journal/chunkName.js';
import { addToReport, emptyReport } from '../model/addToReport.js';
import type { Frame } from '../model/frame.js';
import type { SessionEvent } from '../model/sessionEvent.js';
import type { SessionReport } from '../model/sessionReport.js';

/** Counts what a run has come to: the frames that went in, and the session's events, folded into its report. */
export class Tally {
  frames = 0;
  bytes = 0;
  retries = 0;
  /** Nothing, as long as no session has been opened. */
  report: SessionReport | undefined;
  readonly #durable = new Map<string, number>();

  frame({ data }: Frame): void {
    this.frames++;
    this.bytes += data.byteLength;
  }

  /** Undelivered frames that a process after this one will find. */
  get durable(): number {
    return [...this.#durable.values()].reduce((sum, items) => sum + items, 0);
  }

  /** The report of a run that is left now: only what is durable outlives it. */
  get leftReport(): SessionReport | undefined {
    if (this.report === undefined) return undefined;
    const { kept, lost } = this.report;
    return { ...this.report, kept: this.durable, lost: lost + kept - this.durable };
  }

  event(event: SessionEvent): void {
    switch (event.type) {
      case 'retrying':
        this.retries++;
        return;
      case 'paused':
      case 'resumed':
      case 'overlap':
      case 'recovered':
      case 'damaged':
        return;
      case 'closed':
      case 'gaveUp':
        this.report = event.report;
        return;
      case 'durable':
        this.#durable.set(chunkName(event.chunk), event.chunk.items);
        break;
      case 'delivered':
      case 'rejected':
      case 'lost':
        this.#durable.delete(chunkName(event.chunk));
    }
    this.report = addToReport(this.report ?? emptyReport(event.session, 'rheed'), event);
  }
}
