import { endWith, ignoreElements, type Observable } from 'rxjs';
import type { SessionJournal } from './sessionJournal.js';

/** Emits when the session's last record has been told. */
export const overOf = (journal: SessionJournal): Observable<void> =>
  journal.events$.pipe(ignoreElements(), endWith(undefined));
