import { take } from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { Problem } from '../model/problem.js';

/** How far delivery had come when it stopped. */
export type Phase = 'open' | 'deliver' | 'end';

/** Stops a session short of its end: what only memory holds is lost, and named. */
export const giveUp = (journal: SessionJournal, phase: Phase, problem: Problem): void => {
  if (journal.report().outcome === 'running') journal.append({ type: 'ending', outcome: 'failed', problem });
  // Once it is told: the writer has then counted the frames of the chunk being filled.
  journal.ending$.pipe(take(1)).subscribe(() => {
    if (journal.promises === 'memory')
      for (const { chunk } of journal.undelivered()) journal.append({ type: 'lost', chunk, problem });
    journal.append({ type: 'gaveUp', phase, problem, report: journal.report() });
  });
};

/** The problem of a wait that was too long, with the failure that made it wait. */
export const tooLate = (what: string, lastFailure: Problem | undefined): Problem => ({
  ...lastFailure,
  tag: 'TooLate',
  message: lastFailure === undefined ? what : `${what}; the last failure: ${lastFailure.message}`,
});
