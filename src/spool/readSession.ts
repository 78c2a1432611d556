import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { chunkName } from '../journal/chunkName.js';
import type { ChunkRef } from '../model/chunkRef.js';
import type { SessionId } from '../model/identifiers.js';
import { readAsked } from './askedFile.js';
import { ChunkFiles } from './chunkFiles.js';
import { type Damage, foldLog } from './readLog.js';
import type { StoredRecord } from './recordCodec.js';
import { SessionContents } from './sessionContents.js';
import { type SpoolPlace, sessionIn } from './spoolPlace.js';

/** Where a log goes on. */
export interface NextInLog {
  readonly nextSeq: number;
  readonly nextSegment: number;
}

/** A chunk file that nobody needs: delivered, or written twice. */
export interface Leftover {
  readonly file: string;
  /** What its chunk came to: on the disk for sure before the file goes. */
  readonly fate?: StoredRecord;
}

/** A session as it stands on the disk. */
export interface FoundSession {
  readonly contents: SessionContents;
  readonly next: NextInLog;
  /** Parts of the log that could not be read. */
  readonly damage: readonly Damage[];
  readonly leftovers: readonly Leftover[];
  /** Chunk files that do not say what they are, and that no record speaks of. */
  readonly unreadable: readonly string[];
  /** A later version has written here, and knows better what to do. */
  readonly isFuture: boolean;
}

/**
 * Reads a session's directory, and changes nothing in it. Nothing that it finds makes it fail; a system that does not let it look does,
 * for what was not seen must not be taken for gone.
 */
export const readSession = async ({ disk, root, clock }: SpoolPlace, id: SessionId): Promise<FoundSession> => {
  const path = sessionIn(root, id);
  const contents = new SessionContents(id);
  for (const { said, at } of await readAsked(disk, path)) contents.add(said, at); // the log says the same, if it can be read
  const log = await foldLog(disk, path, ({ said, at }) => contents.add(said, at));
  contents.growNoMore();
  const chunks = new ChunkFiles(disk, join(path, 'chunks'), { clock, onTrouble: () => {} });
  const { leftovers, unreadable } = await matchFiles(contents, chunks, clock.wallMs());
  return {
    contents,
    next: { nextSeq: Math.max(log.nextSeq, 2), nextSegment: log.nextSegment },
    damage: log.damage,
    leftovers: await withFates(leftovers, disk, path),
    unreadable,
    isFuture: log.version === 'future',
  };
};

/** A chunk's file counts for more than its record: it is there or not, and it says itself what it is. */
const matchFiles = async (
  contents: SessionContents,
  chunks: ChunkFiles,
  now: number,
): Promise<{ readonly leftovers: ReadonlyMap<string, ChunkRef>; readonly unreadable: readonly string[] }> => {
  const files = new Set(await chunks.list());
  for (const { chunk, file, bytes, time } of contents.undelivered.values()) {
    if (file === undefined) continue;
    const header = files.has(file) && time === undefined ? await chunks.header(file) : undefined;
    if (header !== undefined) contents.hasFile(chunk, file, bytes, now, header.time);
    else if (!files.has(file) || time === undefined) contents.hasNoFile(chunk);
  }
  const named = new Set([...contents.undelivered.values(), ...contents.deadLetters.values()].map(({ file }) => file));
  const leftovers = new Map<string, ChunkRef>();
  const unreadable: string[] = [];
  for (const file of files) {
    if (named.has(file)) continue;
    const header = await chunks.header(file);
    if (header === undefined) unreadable.push(file);
    else if (!contents.adopt(header.chunk, header.time, file, header.bytes, now)) leftovers.set(file, header.chunk);
  }
  return { leftovers, unreadable };
};

/** Also when a power cut has brought back thousands of files: the log is read again, once. */
const withFates = async (
  files: ReadonlyMap<string, ChunkRef>,
  disk: Disk,
  path: string,
): Promise<readonly Leftover[]> => {
  if (files.size === 0) return [];
  const names = new Set([...files.values()].map(chunkName));
  const fates = new Map<string, StoredRecord>();
  await foldLog(disk, path, (record) => {
    const { said } = record;
    if ((said.type === 'delivered' || said.type === 'lost') && names.has(chunkName(said.chunk)))
      fates.set(chunkName(said.chunk), record);
  });
  return [...files].map(([file, chunk]) => {
    const fate = fates.get(chunkName(chunk));
    return { file, ...(fate === undefined ? {} : { fate }) };
  });
};
