import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import type { StoredRecord } from './recordCodec.js';
import { readSegment, type SegmentContents, segmentNumber } from './recordSegment.js';

/** A part of a segment that could not be read. */
export interface Damage {
  /** Name of the segment. */
  readonly file: string;
  readonly offset: number;
  /** What stands there; empty when the system does not even read it. */
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
  /** `'future'`: a later version wrote a segment, and knows better what to do with the session. */
  readonly version: 'known' | 'future';
  /** Records of types that only a later version knows; they stay where they are. */
  readonly unknown: number;
  /** What the next `RecordLog` of this directory begins with. */
  readonly nextSeq: number;
  readonly nextSegment: number;
}

/** More records than any segment holds: what a segment that was not read says is not said again under the same number. */
const UNREAD_RECORDS = 2 ** 24;

/** Reads all segments of a directory, in order. Nothing that it finds in them makes it fail. */
export const readLog = async (disk: Disk, directory: string): Promise<LogContents> => {
  const numbers = (await disk.list(directory)).flatMap(({ name }) => segmentNumber(name) ?? []);
  const files = (await disk.list(directory))
    .filter(({ name, kind }) => kind === 'file' && segmentNumber(name) !== undefined)
    .map(({ name }) => name)
    .sort((one, other) => (segmentNumber(one) ?? 0) - (segmentNumber(other) ?? 0));
  const segments: Segment[] = [];
  for (const file of files) segments.push(await readOne(disk, directory, file));
  const records = bySeq(segments);
  const seqs = [...records.map(({ seq }) => seq), ...segments.flatMap(({ unknown }) => unknown)];
  const unread = segments.filter(({ isUnread }) => isUnread).length;
  return {
    records,
    damage: segments.flatMap(({ damage }) => damage),
    tornBytes: segments.reduce((sum, { tornBytes }) => sum + tornBytes, 0),
    version: segments.some(({ version }) => version === 'future') ? 'future' : 'known',
    unknown: segments.reduce((sum, { unknown }) => sum + unknown.length, 0),
    nextSeq: seqs.reduce((last, seq) => Math.max(last, seq), -1) + 1 + unread * UNREAD_RECORDS,
    nextSegment: numbers.reduce((last, number) => Math.max(last, number), -1) + 1,
  };
};

interface Segment extends Omit<SegmentContents, 'damage'> {
  readonly damage: readonly Damage[];
  readonly isUnread: boolean;
}

const readOne = async (disk: Disk, directory: string, file: string): Promise<Segment> => {
  try {
    const contents = readSegment(await disk.read(join(directory, file)));
    const damage = contents.damage.map((region) => ({ file, ...region, reason: 'holds what is no record' }));
    return { ...contents, damage, isUnread: false };
  } catch (error) {
    const reason = `cannot be read: ${(error as { code?: string }).code ?? String(error)}`;
    const damage = [{ file, offset: 0, bytes: new Uint8Array(0), reason }];
    return { version: 'known', records: [], unknown: [], damage, tornBytes: 0, isUnread: true };
  }
};

/** Records that were written again, after a failure, stand in two segments. */
const bySeq = (segments: readonly Segment[]): readonly StoredRecord[] => {
  const records = new Map<number, StoredRecord>();
  for (const record of segments.flatMap((segment) => segment.records))
    if (!records.has(record.seq)) records.set(record.seq, record);
  return [...records.values()].sort((one, other) => one.seq - other.seq);
};
