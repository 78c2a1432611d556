import { crc32c } from '@node-rs/crc32';
import { decodeRecord, type StoredRecord } from './recordCodec.js';
import { type BadRegion, recordFrames } from './recordFrames.js';

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
