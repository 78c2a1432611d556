import type { SessionReport } from '../model/sessionReport.js';

/** A session's result in one line. */
export const outcomeText = ({ delivered, offered, streams, ended }: SessionReport): string => {
  const where = streams.length === 0 ? '' : `, stream ${streams.join(' and ')}`;
  return `delivered ${delivered} of ${offered} frames${where}${ended ? '' : ' (not ended)'}`;
};
