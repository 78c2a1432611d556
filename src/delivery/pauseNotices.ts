import { distinctUntilChanged, ignoreElements, map, merge, type Observable, skipWhile, tap } from 'rxjs';
import type { SessionJournal } from '../journal/sessionJournal.js';
import type { Gate } from './gate.js';

/** Tells a session when delivery waits for somebody to mend a key or a right, and when it goes on. */
export const pauseNotices = (journal: SessionJournal, ...gates: readonly Gate[]): Observable<never> =>
  merge(
    ...gates.map(({ state$ }) =>
      state$.pipe(
        map((state) => (state.is === 'held' && state.isPause ? state.problem : undefined)),
        distinctUntilChanged(),
        skipWhile((problem) => problem === undefined),
        tap((problem) => journal.notify(problem === undefined ? { type: 'resumed' } : { type: 'paused', problem })),
        ignoreElements(),
      ),
    ),
  );
