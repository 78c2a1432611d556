import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { isBusy } from '../files/isBusy.js';
import type { Asked } from '../model/asked.js';
import type { Owner } from './owner.js';
import { encodeRecord, type StoredRecord } from './recordCodec.js';
import { recordFrame } from './recordFrame.js';
import { readSegment, segmentHeader } from './recordSegment.js';

const NAME = 'asked';

/** Writes the first two records of a session, whose and what it is, into a file beside its log: damage to one must not cost the session. */
export const writeAsked = async (
  disk: Disk,
  directory: string,
  { owner, asked, at }: { readonly owner: Owner; readonly asked: Asked; readonly at: number },
): Promise<void> => {
  const records: readonly StoredRecord[] = [
    { seq: 0, at, said: { type: 'owner', owner } },
    { seq: 1, at, said: { type: 'asked', asked } },
  ];
  const draft = join(directory, `${NAME}.draft`);
  await disk.remove(draft); // of an attempt that failed
  const file = await disk.create(draft);
  try {
    await file.write([segmentHeader(), ...records.map((record) => recordFrame(encodeRecord(record)))]);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, join(directory, NAME));
  await disk.syncDirectory(directory);
};

/** What of it can be read; fails only while the system is busy. */
export const readAsked = async (disk: Disk, directory: string): Promise<readonly StoredRecord[]> => {
  const bytes = await disk.read(join(directory, NAME)).catch((error: unknown) => {
    if (isBusy(error)) throw error;
    return new Uint8Array(0);
  });
  return readSegment(bytes).records;
};
