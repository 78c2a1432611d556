import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLog } from '../../src/spool/readLog.js';
import { encodeRecord } from '../../src/spool/recordCodec.js';
import { recordFrame } from '../../src/spool/recordFrame.js';
import { segmentHeader } from '../../src/spool/recordSegment.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';
import { ModelDisk } from '../files/modelDisk.js';
import { everyRecord } from './everyRecord.js';

/** Where a record, or a segment's header, stands. */
interface Place {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly seq?: number;
}

/** Small bodies make records longer than a page, among others that are short. */
const said: readonly LogEntry[] = [
  { ...everyRecord.body, bytes: Uint8Array.from({ length: 8192 }, (_, i) => (i * i) % 253) },
  ...Object.values(everyRecord),
];

/** Two segments with every type of record in each. */
const segments: Uint8Array[] = [];
const places: Place[] = [];
for (let segment = 0; segment < 2; segment++) {
  const parts = [segmentHeader(), ...said.map((one, i) => frame(segment * said.length + i, one))];
  let from = 0;
  for (const [i, { length }] of parts.entries()) {
    places.push({ segment, from, to: from + length, ...(i === 0 ? {} : { seq: segment * said.length + i - 1 }) });
    from += length;
  }
  segments.push(Buffer.concat(parts));
}

function frame(seq: number, one: LogEntry): Uint8Array {
  return recordFrame(encodeRecord({ seq, at: 1000 + seq, said: one }));
}

/** What is read when one segment has other bytes. */
const readWith = (segment: number, bytes: Uint8Array) => {
  const disk = new ModelDisk();
  for (const [number, whole] of segments.entries())
    disk.plant(`/s/journal.00000${number}`, number === segment ? bytes : whole);
  return readLog(disk, '/s');
};

/** Changes some bytes of a segment and expects to read every record that none of them belongs to, as it was, and no other. */
const expectTheRest = async (segment: number, from: number, to: number, change: (bytes: Uint8Array) => void) => {
  const bytes = Uint8Array.from(segments[segment] ?? []);
  change(bytes);
  const { records, damage, tornBytes, version, unknown } = await readWith(segment, bytes);
  const touched = places.filter((place) => place.segment === segment && place.from < to && place.to > from);
  const rest = places.filter((place) => place.seq !== undefined && !touched.includes(place));
  expect(records.map(({ seq }) => seq)).toEqual(rest.map(({ seq }) => seq));
  // Bytes say as much as a deep comparison, in a hundredth of the time.
  const read = Buffer.concat(records.map((record) => recordFrame(encodeRecord(record))));
  const written = Buffer.concat(rest.map(({ segment, from, to }) => segments[segment]?.subarray(from, to) ?? bytes));
  expect(read.equals(written)).toBe(true);
  expect({ version, unknown }).toEqual({ version: 'known', unknown: 0 });
  expect(damage.reduce((sum, { bytes }) => sum + bytes.length, tornBytes)).toBe(
    touched.reduce((sum, place) => sum + place.to - place.from, 0),
  );
  return { damage, tornBytes };
};

const changed = (from: number, to: number, bytes: Uint8Array, original: Uint8Array): boolean =>
  Buffer.compare(bytes.subarray(from, to), original.subarray(from, to)) !== 0;

describe('A journal', () => {
  it('is read as it was written while nothing has happened to it', async () => {
    const { damage, tornBytes } = await expectTheRest(0, 0, 0, () => {});
    expect({ damage, tornBytes }).toEqual({ damage: [], tornBytes: 0 });
  });

  it('that is cut at any byte keeps every record before the cut, and is torn, not damaged', async () => {
    const last = segments.length - 1;
    const [bytes = new Uint8Array(0)] = segments.slice(-1);
    const begin = bytes.length - said.slice(-3).reduce((sum, one) => sum + frame(last * said.length, one).length, 0);
    for (let length = begin; length < bytes.length; length++) {
      const { records, damage, tornBytes } = await readWith(last, bytes.subarray(0, length));
      const whole = places.filter((place) => place.segment < last || place.to <= length);
      const end = Math.max(...whole.filter(({ segment }) => segment === last).map(({ to }) => to));
      expect(records.map(({ seq }) => seq)).toEqual(whole.flatMap(({ seq }) => seq ?? []));
      expect({ damage, tornBytes }).toEqual({ damage: [], tornBytes: length - end });
    }
  });

  it('in which a bit is changed loses the record it belongs to, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.nat(), fc.nat(7), async (segment, anywhere, bit) => {
        const at = anywhere % (segments[segment]?.length ?? 1);
        const last = places.filter((place) => place.segment === segment).at(-1);
        const { damage, tornBytes } = await expectTheRest(segment, at, at + 1, (bytes) => {
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        });
        // Only what nothing follows can be a write that was cut off.
        expect(damage.length === 0).toBe(at >= (last?.from ?? 0));
        expect(tornBytes > 0).toBe(at >= (last?.from ?? 0));
      }),
      { numRuns: 1000 },
    );
  });

  it('in which a page has become zeros loses the records on it, and no other', async () => {
    for (const [segment, bytes] of segments.entries())
      for (let from = 0; from < bytes.length; from += 4096)
        await expectTheRest(segment, from, Math.min(from + 4096, bytes.length), (page) =>
          page.fill(0, from, from + 4096),
        );
  });

  it('in which somebody has written loses the records there, and no other', async () => {
    const where = fc.tuple(fc.nat(1), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(where, async ([segment, anywhere, noise]) => {
        const original = segments[segment] ?? new Uint8Array(0);
        const from = anywhere % (original.length - noise.length);
        const bytes = Uint8Array.from(original);
        bytes.set(noise, from);
        const touched = places.filter(
          (place) => place.segment === segment && changed(place.from, place.to, bytes, original),
        );
        const { records } = await readWith(segment, bytes);
        const expected = places.flatMap((place) => (touched.includes(place) ? [] : (place.seq ?? [])));
        expect(records.map(({ seq }) => seq)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is read to the end whatever bytes its segments have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000, size: 'max' }), async (bytes) => {
        const { records, damage, tornBytes } = await readWith(0, bytes);
        expect(records).toHaveLength(said.length);
        expect(damage.reduce((sum, { bytes }) => sum + bytes.length, tornBytes)).toBe(bytes.length);
      }),
      { numRuns: 200 },
    );
  });
});
