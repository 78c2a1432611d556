import { asyncScheduler } from 'rxjs';
import type { SessionId } from '../../src/model/identifiers.js';
import { sessionJournalContract } from '../journal/sessionJournalContract.js';
import { DurableJournal } from './durableJournal.js';

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } } as const;

sessionJournalContract(
  'a journal that plays a disk',
  (wallMs = () => 0) =>
    new DurableJournal('session' as SessionId, asked, { clock: { scheduler: asyncScheduler, wallMs } }),
);
