import type { RunPart } from '../model/runStreamName.js';
import type { SessionReport } from '../model/sessionReport.js';
import { itemNoun } from './itemNoun.js';

/** A session's result in one line. */
export const outcomeText = (report: SessionReport, part?: RunPart): string => {
  const { delivered, offered, streams, ended } = report;
  const where = streams.length === 0 ? '' : `, stream ${streams.join(' and ')}`;
  return `delivered ${delivered} of ${offered} ${itemNoun(report, part)}s${where}${ended ? '' : ' (not ended)'}`;
};
