import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { DiskJournal } from '../../src/journal/diskJournal.js';
import { SessionDirectory } from '../../src/journal/sessionDirectory.js';
import { Space } from '../../src/journal/space.js';
import type { SessionId } from '../../src/model/identifiers.js';
import { sessionJournalContract } from './sessionJournalContract.js';

const root = mkdtempSync(join(tmpdir(), 'spool-'));
const made: DiskJournal[] = [];
afterAll(async () => {
  await Promise.all(made.map((journal) => journal.leave()));
  rmSync(root, { recursive: true, force: true });
});

const asked = { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2 } } as const;
const disk = nodeDisk({ sync: false });

const make = (wallMs = () => 0) => {
  const clock = { ...hostClock, wallMs };
  const id = globalThis.crypto.randomUUID() as string as SessionId;
  const place = { root, disk, lock: lockDirectory, clock };
  const journal = new DiskJournal(asked, {
    directory: SessionDirectory.make(id, place, { endpoint: 'http://127.0.0.1' }, asked),
    space: new Space({ ...place, maxBytes: Number.POSITIVE_INFINITY, minFreeBytes: 0 }),
    clock,
  });
  made.push(journal);
  return journal;
};

sessionJournalContract('a journal on disk', make);
