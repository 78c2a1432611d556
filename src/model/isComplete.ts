import type { SessionReport } from './sessionReport.js';

/** Whether every frame that reached the session is on the platform and the stream has its end. */
export const isComplete = (report: SessionReport): boolean =>
  report.ended && report.kept === 0 && report.rejected === 0 && report.lost === 0;
