import { EMPTY } from 'rxjs';
import type { Clock } from '../flow/clock.js';
import type { SessionId } from '../model/identifiers.js';
import { MemoryJournal } from './memoryJournal.js';
import type { Journals } from './sessionJournal.js';

/** Journals that live in memory: nothing is found again after the process is gone. */
export const memoryJournals = (clock: Clock): Journals => ({
  create: (asked) => new MemoryJournal(globalThis.crypto.randomUUID() as string as SessionId, asked, clock),
  unfinished$: EMPTY,
  close: () => EMPTY,
});
