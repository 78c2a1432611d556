import type { Backlog, Undelivered } from './sessionJournal.js';

/** The backlog of what is undelivered, in the order it was accepted. */
export const backlogOf = (undelivered: ReadonlyMap<unknown, Pick<Undelivered, 'acceptedAt'>>): Backlog => {
  const { value: oldest } = undelivered.values().next();
  return { chunks: undelivered.size, ...(oldest === undefined ? {} : { oldestAcceptedAt: oldest.acceptedAt }) };
};
