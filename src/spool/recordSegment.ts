import { crc32c } from '@node-rs/crc32';
import { decodeRecord, type StoredRecord } from './recordCodec.js';
import { type BadRegion, recordFrames } from './recordFrames.js';

/**
 * # How a session stands on a disk
 *
 * ## Constraints
 * - What was called durable is read again after a crash and after a power cut, whatever else has happened to the file beside it.
 * - A failed write or sync leaves a file in a state that nobody knows: the system may have dropped the bytes and call the next
 *   sync a success. Such a file is never touched again.
 * - A disk writes back in any order: what was not synced may be there in part, as zeros, or not at all.
 * - Records are small and come in bursts, and a sync takes as long as hundreds of them: many records share one.
 * - Bits rot, people copy and edit files: reading takes any bytes, ends after a bounded time, and never throws for them.
 * - Formats change: a later version's session is recognised, and left alone.
 * - Any msgpack reader and twenty lines of any language read it.
 *
 * ## Format
 * Numbers are little-endian. A frame carries everything:
 *
 *     u32 length of the payload | u32 CRC-32C of those four bytes and the payload | payload
 *
 * A segment, `journal.000000` and up, is a header and then frames. The header's own checksum keeps a changed bit from looking like
 * a later version:
 *
 *     89 45 50 4a 0d 0a 1a 0a | u32 version | u32 CRC-32C of these 12 | frame | frame | …
 *
 * A frame's payload there is the msgpack of `[seq, at, record]`: the number of the record in its session, when it was said (host
 * time, ms UTC), and a map whose `type` says the rest. `seq` grows by one with each record and does not begin again with a segment.
 *
 * A chunk file, `chunks/<n>.chunk`, is one frame with the msgpack of `{ chunk, time, dims, bytes, crc }`, and then the body: as many
 * bytes, with that CRC-32C. It says what it is, so that losing a journal loses no chunk.
 *
 * ## Operation
 * - Every opening begins a new segment: nothing is added to a file that another process has left.
 * - A commit is one write and one sync of everything that waits; the first of a segment also writes its header and syncs the
 *   directory. Then its records are safe, and only then.
 * - After a failure the segment is abandoned, and what is not safe is written to the next one, under the same `seq`. So a record
 *   can stand in two segments, and is read once.
 * - A bad region that reaches to the end of its segment is a write that was cut off: it is passed over and counted. One with good
 *   frames behind it is damage: the reader looks for the next frame at every byte, and names what it has passed over.
 * - A payload that does not decode is damage; one of a type that only a later version knows is not.
 * - Points are added to a chunk in revisions, counted from 0. Each is a record of type `body`, and no other: `items` more points, and
 *   their bytes. The bytes of a chunk are those of its revisions one after the other, so that what follows a damaged one has no place.
 *   A chunk that grows no more may get a file with all of its bytes, and a `durable` record that names it.
 * - A chunk is a draft until it is written and synced. Its name appears in one step, and is synced before its record is written; its
 *   `delivered` record is synced before it is removed.
 */

/** 8 bytes that say what the file is, u32 LE version, u32 LE CRC-32C of these 12. */
const HEADER_BYTES = 16;
/** Not text (0x89), not passed through a text filter (CR LF, LF), not typed out (0x1a). */
const MAGIC = Uint8Array.of(0x89, 0x45, 0x50, 0x4a, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSION = 1;

/** The name of a segment. */
export const segmentName = (number: number): string => `journal.${String(number).padStart(6, '0')}`;

/** The number of the segment of that name; nothing for a name that is no segment's. */
export const segmentNumber = (name: string): number | undefined => {
  const number = Number(/^journal\.(\d{6,15})$/.exec(name)?.[1] ?? Number.NaN);
  return segmentName(number) === name ? number : undefined;
};

/** What a segment begins with. */
export const segmentHeader = (version = VERSION): Uint8Array => {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(8, version, true);
  view.setUint32(12, crc32c(header.subarray(0, 12)), true);
  return header;
};

/** What a segment holds. */
export interface SegmentContents {
  readonly version: 'known' | 'future';
  readonly records: readonly StoredRecord[];
  /** Sequence numbers of records of a type that only a later version knows. */
  readonly unknown: readonly number[];
  readonly damage: readonly BadRegion[];
  readonly tornBytes: number;
}

/** Reads a segment. Any bytes will do. */
export const readSegment = (bytes: Uint8Array): SegmentContents => {
  const version = versionOf(bytes);
  if (version !== undefined && version > VERSION)
    return { version: 'future', records: [], unknown: [], damage: [], tornBytes: 0 };
  const { found, damage, tornBytes } = recordFrames(bytes, version === undefined ? 0 : HEADER_BYTES, decodeRecord);
  const contents = {
    version: 'known',
    records: found.flatMap((one) => ('said' in one ? one : [])),
    unknown: found.flatMap((one) => ('said' in one ? [] : one.seq)),
  } as const;
  // A header that came whole, and is none, was not cut off: somebody else wrote that file, or over it.
  return isForeign(bytes, tornBytes)
    ? { ...contents, damage: [{ offset: 0, bytes }], tornBytes: 0 }
    : { ...contents, damage, tornBytes };
};

/** The format's version; nothing when the header is damaged. A changed bit must not look like a version to come. */
const versionOf = (bytes: Uint8Array): number | undefined => {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  return version > 0 && Buffer.compare(segmentHeader(version), bytes.subarray(0, HEADER_BYTES)) === 0
    ? version
    : undefined;
};

const isForeign = (bytes: Uint8Array, tornBytes: number): boolean =>
  tornBytes === bytes.byteLength &&
  bytes.byteLength >= HEADER_BYTES &&
  bytes.subarray(0, HEADER_BYTES).some((byte) => byte !== 0);
