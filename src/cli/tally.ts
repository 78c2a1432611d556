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

  frame({ data }: Frame): void {
    this.frames++;
    this.bytes += data.byteLength;
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
      default:
        this.report = addToReport(this.report ?? emptyReport(event.session, 'rheed'), event);
    }
  }
}
