import type { SessionJournal } from '../journal/sessionJournal.js';

const interrupted = (message: string) => ({ tag: 'Interrupted', message });

/** Records what the end of its process did to a session that is found again. */
export const takeOver = (journal: SessionJournal): void => {
  const { recovered } = journal;
  if (recovered === undefined) return;
  const undelivered = journal.undelivered();
  journal.notify({ type: 'recovered', undelivered: undelivered.filter(({ isKept }) => isKept).length });
  for (const problem of recovered.damage ?? []) journal.notify({ type: 'damaged', problem });
  for (const { chunk, isKept } of undelivered)
    if (!isKept)
      journal.append({ type: 'lost', chunk, problem: interrupted('its process was over before it was kept') });
  if (journal.report().outcome === 'running') journal.append({ type: 'ending', outcome: 'interrupted' });
  if (recovered.mayBeOrphaned)
    journal.append({
      type: 'orphaned',
      streamName: journal.asked.options.streamName ?? '',
      problem: interrupted('its process was over before the answer to its creation was recorded'),
    });
};
