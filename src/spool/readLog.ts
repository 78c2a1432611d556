import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { isBusy } from '../files/isBusy.js';
import type { StoredRecord } from './recordCodec.js';
import { readSegment, type SegmentContents, segmentNumber } from './recordSegment.js';

/** A part of a segment that could not be read. */
export interface Damage {
  /** Name of the segment. */
  readonly file: string;
  readonly offset: number;
  /** What stands there; empty when the system cannot even read it. */
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/** What a session's segments say. */
export interface LogContents {
  /** By sequence number, each once. */
  readonly records: readonly StoredRecord[];
  readonly damage: readonly Damage[];
  /** What writes were cut off at, all segments together. */
  readonly tornBytes: number;
  /** `'future'`: a later version has written a segment, and knows better what to do with the session. */
  readonly version: 'known' | 'future';
  /** Records of types that only a later version knows: they stay where they are. */
  readonly unknown: number;
  /** What the next `RecordLog` of this directory begins with. */
  readonly nextSeq: number;
  readonly nextSegment: number;
}

/** Reads all segments of a directory, in order. Nothing that it finds in them makes it fail; only a system that is busy does. */
export const readLog = async (disk: Disk, directory: string): Promise<LogContents> => {
  const records: StoredRecord[] = [];
  const log = await foldLog(disk, directory, (record) => records.push(record));
  return { ...log, records };
};

/** The same for a log of any length: each record is told, in order, and forgotten. */
export const foldLog = async (
  disk: Disk,
  directory: string,
  tell: (record: StoredRecord) => void,
): Promise<Omit<LogContents, 'records'>> => {
  const entries = await disk.list(directory);
  const files = entries.flatMap(({ name, kind }) => (kind === 'file' && segmentNumber(name) !== undefined ? name : []));
  const segments: Omit<Segment, 'records'>[] = [];
  const order = new InOrder(tell);
  for (const file of files.sort(byNumber)) {
    const { records, ...segment } = await readFile(disk, directory, file);
    order.add(records);
    segments.push({ ...segment, lastSeq: lastOf(records, segment.unknown) });
  }
  order.end();
  return {
    damage: segments.flatMap(({ damage }) => damage),
    tornBytes: segments.reduce((sum, { tornBytes }) => sum + tornBytes, 0),
    version: segments.some(({ version }) => version === 'future') ? 'future' : 'known',
    unknown: segments.reduce((sum, { unknown }) => sum + unknown.length, 0),
    nextSeq: nextSeqAfter(segments),
    nextSegment: entries.reduce((next, { name }) => Math.max(next, (segmentNumber(name) ?? -1) + 1), 0),
  };
};

interface Segment extends Omit<SegmentContents, 'damage'> {
  readonly damage: readonly Damage[];
  readonly isRead: boolean;
  /** -1 when it has none. */
  readonly lastSeq: number;
}

const readFile = async (disk: Disk, directory: string, file: string): Promise<Omit<Segment, 'lastSeq'>> => {
  try {
    const contents = readSegment(await disk.read(join(directory, file)));
    const damage = contents.damage.map((region) => ({ file, ...region, reason: 'are no record' }));
    return { ...contents, damage, isRead: true };
  } catch (error) {
    if (isBusy(error)) throw error; // what it says is as good as ever
    const reason = `cannot be read (${(error as { code?: string }).code ?? String(error)})`;
    const damage = [{ file, offset: 0, bytes: new Uint8Array(0), reason }];
    return { version: 'known', records: [], unknown: [], damage, tornBytes: 0, isRead: false };
  }
};

/**
 * Tells records by their numbers, each once: what was written again after a failure stands in two segments. No segment begins
 * before the one ahead of it, so what comes before its beginning is complete.
 */
class InOrder {
  readonly #waiting = new Map<number, StoredRecord>();

  constructor(private readonly tell: (record: StoredRecord) => void) {}

  add(records: readonly StoredRecord[]): void {
    if (records.length === 0) return;
    this.#tellBefore(records.reduce((least, { seq }) => Math.min(least, seq), Number.POSITIVE_INFINITY));
    for (const record of records) if (!this.#waiting.has(record.seq)) this.#waiting.set(record.seq, record);
  }

  end(): void {
    this.#tellBefore(Number.POSITIVE_INFINITY);
  }

  #tellBefore(seq: number): void {
    const due = [...this.#waiting.values()].filter((record) => record.seq < seq);
    for (const record of due.sort((one, other) => one.seq - other.seq)) {
      this.#waiting.delete(record.seq);
      this.tell(record);
    }
  }
}

const lastOf = (records: readonly StoredRecord[], unknown: readonly number[]): number =>
  [...records.map(({ seq }) => seq), ...unknown].reduce((most, seq) => Math.max(most, seq), -1);

/** More records than a segment holds. What one that cannot be read today says must not have the number of what is said from now on. */
const UNREAD_RECORDS = 2 ** 24;

const nextSeqAfter = (segments: readonly Pick<Segment, 'lastSeq' | 'isRead'>[]): number =>
  segments.reduce((next, { lastSeq, isRead }) => Math.max(next, lastSeq + 1) + (isRead ? 0 : UNREAD_RECORDS), 0);

const byNumber = (one: string, other: string): number => (segmentNumber(one) ?? 0) - (segmentNumber(other) ?? 0);
