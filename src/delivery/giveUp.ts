import { concat, defer, EMPTY, type Observable, switchMap, takeUntil, timer } from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { Problem } from '../model/problem.js';
import type { Rooms } from './platform.js';

/** How far delivery had come when it stopped. */
export type Phase = 'open' | 'deliver' | 'end';

/** At the deadline of `close`, what is being encoded and written may still become durable, for so long, ms. */
const LAST_WRITES_MS = 5_000;

const TOO_LATE = 'TooLate';

/**
 * Stops a session short of its end: what is durable stays for the next process, what only memory holds is lost, and named.
 *
 * `stop` has whoever fills the journal take no more; it completes when all that was accepted is kept or lost.
 */
export const giveUp = (
  journal: SessionJournal,
  phase: Phase,
  problem: Problem,
  stop: () => Observable<never>,
  { deadline$, clock }: Pick<Rooms, 'deadline$' | 'clock'>,
): Observable<never> => {
  const stopped$ = stop(); // first: it accepts the frames of the chunk being filled, and an ending comes after that
  const lastMoment$ = deadline$.pipe(switchMap(() => timer(LAST_WRITES_MS, clock.scheduler)));
  const stays = journal.promises === 'durable' && (journal.isDurable || problem.tag === TOO_LATE);
  return concat(
    stays ? stopped$.pipe(takeUntil(lastMoment$)) : EMPTY,
    defer(() => {
      if (journal.report().outcome === 'running') journal.append({ type: 'ending', outcome: 'failed', problem });
      for (const { chunk, isKept } of journal.undelivered())
        if (!(stays && isKept)) journal.append({ type: 'lost', chunk, problem });
      journal.append({ type: 'gaveUp', phase, problem, report: journal.report() });
      return EMPTY;
    }),
  );
};

/** The problem of a wait that was too long, with the failure that made it wait. */
export const tooLate = (what: string, lastFailure: Problem | undefined): Problem => ({
  ...lastFailure,
  tag: TOO_LATE,
  message: lastFailure === undefined ? what : `${what}; the last failure: ${lastFailure.message}`,
});
