import { describe, expect, it } from '@jest/globals';
import { decodePoints, encodePoints } from '../../src/model/channelPoints.js';
import { encodePayload, encodeRecord, type StoredRecord } from '../../src/spool/recordCodec.js';
import { recordFrame } from '../../src/spool/recordFrame.js';
import { readSegment, segmentHeader, segmentName, segmentNumber } from '../../src/spool/recordSegment.js';
import { goldenHeader, goldenPoints, goldenRecords } from './goldenBytes.js';

const chunk = { index: 0, revision: 0, items: 2 };
const clock = { offsetMs: -1.5, uncertaintyMs: 0.25, takenAt: 1_763_672_399_000 };
const camera = { width: 640, height: 480, format: 'gray8', frameId: 7, deviceTicks: 5n, gain: 1.5 } as const;

/** What the golden bytes say. */
const records: readonly StoredRecord[] = [
  {
    seq: 0,
    at: 1_763_672_400_223,
    said: {
      type: 'accepted',
      chunk,
      time: { startMs: 1_763_672_400_123.25, timeBase: 'host', clock },
      frames: [camera],
    },
  },
  {
    seq: 1,
    at: 1_763_672_400_224,
    said: { type: 'durable', chunk, bytes: 5, file: '0.chunk', crc: 149_265_824 },
  },
  {
    seq: 200,
    at: 1_763_672_400_225,
    said: {
      type: 'body',
      chunk: { index: 1, revision: 2, items: 1, channel: 'Ga Ofen °C' },
      time: { startMs: 0, timeBase: 'recorded' },
      dims: [1, 2],
      bytes: Uint8Array.of(0, 255),
    },
  },
];

const points = [
  { channel: 'Ga', units: '°C', times: [1_763_672_400_000, 1_763_672_401_000.5], values: [1.25, Number.NaN] },
];
const pointRecords: readonly StoredRecord[] = [
  {
    seq: 201,
    at: 1_763_672_400_226,
    said: {
      type: 'body',
      chunk: { index: 4, channel: 'Ga', revision: 2, items: 2 },
      time: { startMs: 1_763_672_400_000, timeBase: 'host' },
      dims: [2],
      bytes: encodePoints(points),
    },
  },
  {
    seq: 202,
    at: 1_763_672_400_227,
    said: {
      type: 'asked',
      asked: {
        kind: 'timeseries',
        options: { streamName: 'Growth run 42', pointsPerChunk: 100, flushAfterMs: 10_000 },
      },
    },
  },
];

const golden = Buffer.from(goldenHeader + goldenRecords.join(''), 'hex');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const asRead = (bytes: Uint8Array) => {
  const { records, damage, ...rest } = readSegment(bytes);
  return {
    seqs: records.map(({ seq }) => seq),
    damage: damage.map(({ offset, bytes }) => [offset, bytes.length]),
    ...rest,
  };
};
const whole = { version: 'known', seqs: [0, 1, 200], unknown: [], damage: [], tornBytes: 0 };

describe('A segment', () => {
  it('is written in the bytes that another program writes', () => {
    expect(hex(segmentHeader())).toBe(goldenHeader);
    expect(records.map((record) => hex(recordFrame(encodeRecord(record))))).toEqual(goldenRecords);
  });

  it('has points in the bytes that another program writes, and reads them', () => {
    expect(pointRecords.map((record) => hex(recordFrame(encodeRecord(record))))).toEqual(goldenPoints);
    const { records: read } = readSegment(Buffer.from(goldenHeader + goldenPoints.join(''), 'hex'));
    expect(read).toMatchObject([{ seq: 201 }, pointRecords[1]!]);
    const [{ said } = { said: undefined }] = read;
    expect(said?.type === 'body' && decodePoints([said.bytes])).toEqual(points);
  });

  it('is read as it was meant', () => {
    const { records: read, ...rest } = readSegment(golden);
    expect(read.map((record) => ({ ...record }))).toEqual(records);
    expect(rest).toEqual({ version: 'known', unknown: [], damage: [], tornBytes: 0 });
  });

  it('is empty with a header alone, and torn with less', () => {
    expect(asRead(golden.subarray(0, 16))).toEqual({ ...whole, seqs: [] });
    for (let length = 0; length < 16; length++)
      expect(asRead(golden.subarray(0, length))).toEqual({ ...whole, seqs: [], tornBytes: length });
  });

  it('keeps its records, and is of no other version, whichever bit of its header is changed', () => {
    for (let bit = 0; bit < 16 * 8; bit++) {
      const bytes = Uint8Array.from(golden);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(asRead(bytes)).toEqual({ ...whole, damage: [[0, 16]] });
    }
  });

  it('is not looked into when a later version wrote it', () => {
    const later = Buffer.concat([segmentHeader(2), golden.subarray(16)]);
    expect(asRead(later)).toEqual({ ...whole, version: 'future', seqs: [] });
    expect(asRead(Buffer.concat([segmentHeader(0), golden.subarray(16)]))).toEqual({ ...whole, damage: [[0, 16]] });
  });

  it('is damage as a whole when somebody else wrote it, and torn when it holds zeros', () => {
    const text = Buffer.from('[journal]\nSystemMaxUse=100M\n');
    expect(asRead(text)).toEqual({ ...whole, seqs: [], damage: [[0, text.length]] });
    expect(asRead(new Uint8Array(4096))).toEqual({ ...whole, seqs: [], tornBytes: 4096 });
  });

  it('counts records of a later type apart', () => {
    const rotated = recordFrame(encodePayload([3, 0, { type: 'rotated' }]));
    expect(asRead(Buffer.concat([golden, rotated]))).toEqual({ ...whole, unknown: [3] });
  });

  it('is the same in a view of a larger buffer', () => {
    const arena = Buffer.concat([Uint8Array.of(1, 2, 3), golden, Uint8Array.of(4)]);
    expect(asRead(arena.subarray(3, 3 + golden.length))).toEqual(whole);
  });
});

describe('A segment has a name', () => {
  it('that tells its number', () => {
    for (const [number, name] of [
      [0, 'journal.000000'],
      [41, 'journal.000041'],
      [1_234_567, 'journal.1234567'],
    ] as const) {
      expect(segmentName(number)).toBe(name);
      expect(segmentNumber(name)).toBe(number);
    }
  });

  it.each(['journal', 'journal.1', 'journal.00001', 'journal.000001.bak', 'journal.000001 (2)', 'Xjournal.000001'])(
    'and %s is none',
    (name) => {
      expect(segmentNumber(name)).toBeUndefined();
    },
  );

  it('and each number has one', () => {
    expect(segmentNumber('journal.0000001')).toBeUndefined();
    expect(segmentNumber('journal.9999999999999999')).toBeUndefined();
  });
});
