import { defer, exhaustMap, ignoreElements, type Observable } from 'rxjs';
import type { Journals } from '../journal/sessionJournal.js';
import type { SessionId } from '../model/identifiers.js';
import { DiskJournal } from './diskJournal.js';
import { lookouts } from './lookouts.js';
import { SessionDirectory } from './sessionDirectory.js';
import { Space } from './space.js';
import type { SpoolUse } from './spoolUse.js';
import { TakeOver } from './takeOver.js';

/** How often a living process looks for sessions whose owner has died, ms. */
const LOOK_AGAIN_MS = 500;

/** Journals on disk: what a process leaves undelivered is found by the next, or by another that is running. */
export const diskJournals = (options: SpoolUse): Journals => {
  const { clock, ownerOf, mostHeldBytes } = options;
  const space = new Space(options);
  const open = new Map<SessionId, DiskJournal>();
  const takeOver = new TakeOver(options, space, open);
  return {
    create: (asked) => {
      const id = globalThis.crypto.randomUUID() as string as SessionId;
      const directory = SessionDirectory.make(id, options, ownerOf(id), asked);
      const journal = new DiskJournal(asked, { directory, space, clock, mostHeldBytes });
      takeOver.owns(journal);
      return journal;
    },
    unfinished$: lookouts(LOOK_AGAIN_MS).pipe(exhaustMap(() => takeOver.found$)),
    spool: () => space.status(),
    close: (): Observable<never> =>
      defer(async () => {
        await takeOver.close();
        await Promise.all([...open.values()].map((journal) => journal.leave()));
        space.close();
      }).pipe(ignoreElements()),
  };
};
