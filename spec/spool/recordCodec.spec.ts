import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecord, encodePayload, encodeRecord } from '../../src/spool/recordCodec.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';
import { sessionRecords } from '../model/sessionRecords.js';
import { everyRecord } from './everyRecord.js';

const roundTrip = (said: LogEntry) => {
  const decoded = decodeRecord(encodeRecord({ seq: 7, at: 1_763_672_400_223, said }).slice());
  return decoded !== undefined && 'said' in decoded ? decoded.said : decoded;
};
const decoded = (line: unknown) => decodeRecord(encodePayload(line));
const { accepted, durable, ending, body } = everyRecord;

describe('A record, encoded and decoded,', () => {
  it.each(Object.values(everyRecord))('is what it was: $type', (said) => {
    expect(decoded([7, 1_763_672_400_223, said])).toEqual({ seq: 7, at: 1_763_672_400_223, said });
    expect(roundTrip(said)).toEqual(said);
  });

  it('is what it was: what a session of channels was asked for, and came to', () => {
    const options = {
      pointsPerChunk: 100,
      flushAfterMs: 0.5,
      streamName: 'Channels',
      synthSourceId: 3,
      onDisorder: 'drop',
      onClosed: 'keep',
      physicalSample: 'GaN-001',
      projectId: 'p',
      tags: ['GaN'],
    } as const;
    const asked: LogEntry = { type: 'asked', asked: { kind: 'timeseries', options } };
    const closed: LogEntry = { ...everyRecord.closed, report: { ...everyRecord.closed.report, kind: 'timeseries' } };
    for (const said of [asked, closed]) expect(roundTrip(said)).toStrictEqual(said);
  });

  it('is what it was, whatever a session records', () => {
    fc.assert(
      fc.property(sessionRecords, (records) => {
        for (const said of records) expect(roundTrip(said)).toStrictEqual(said);
      }),
      { numRuns: 50 },
    );
  });

  it('has no field that was not there, nor one that was undefined', () => {
    const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName: undefined, tags: ['a'] };
    const said = roundTrip({ type: 'asked', asked: { kind: 'rheed', options } });
    expect(said).toStrictEqual({
      type: 'asked',
      asked: { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 2, tags: ['a'] } },
    });
  });

  it.each([0n, 5n, -5n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 80n, -(2n ** 80n)])(
    'has ticks of a camera that are still a bigint: %p',
    (deviceTicks) => {
      const frames = [{ width: 1, height: 1, format: 'gray8', deviceTicks }] as const;
      expect(roundTrip({ ...accepted, frames })).toStrictEqual({ ...accepted, frames });
    },
  );

  it('keeps of a frame what a frame has, and is not lost for what else a camera says', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const odd = { width: 2, height: 1, format: 'gray8', frameId: '12', gain: () => 1, vendor: cyclic, bits: 12 };
    expect(roundTrip({ ...accepted, frames: [odd as never] })).toStrictEqual({
      ...accepted,
      frames: [{ width: 2, height: 1, format: 'gray8', bits: 12 }],
    });
    expect(decoded([0, 0, { ...accepted, frames: [{ ...odd, gain: 1, vendor: 3 }] }])).toEqual({
      seq: 0,
      at: 0,
      said: { ...accepted, frames: [{ width: 2, height: 1, format: 'gray8', bits: 12, gain: 1 }] },
    });
  });

  it('is not lost for a problem made of something odd that was thrown', () => {
    const problem = { tag: 4, message: undefined, status: '500', field: null, stack: Symbol('x') };
    expect(roundTrip({ ...ending, problem: problem as never })).toStrictEqual({
      ...ending,
      problem: { tag: 'Error', message: 'undefined' },
    });
  });

  it('has bytes of its own', () => {
    const payload = encodeRecord({ seq: 0, at: 0, said: body }).slice();
    const record = decodeRecord(payload);
    payload.fill(0);
    expect(record).toMatchObject({ said: { bytes: body.bytes } });
  });
});

describe('A payload that is no record', () => {
  it.each<[string, unknown]>([
    ['a number', 3],
    ['null', null],
    ['a map', { 0: 0, 1: 1, 2: durable }],
    ['too short', [0, 1]],
    ['no sequence number', ['0', 1, durable]],
    ['a negative one', [-1, 1, durable]],
    ['a broken one', [0.5, 1, durable]],
    ['no time', [0, null, durable]],
    ['a time that is none', [0, Number.NaN, durable]],
    ['nothing said', [0, 1, null]],
    ['a type that is no string', [0, 1, { ...durable, type: 3 }]],
    ['no chunk', [0, 1, { ...durable, chunk: undefined }]],
    ['a chunk below 0', [0, 1, { ...durable, chunk: { index: -1, revision: 0, items: 1 } }]],
    ['a length as text', [0, 1, { ...durable, bytes: '5' }]],
    ['a length that is none', [0, 1, { ...durable, bytes: Number.POSITIVE_INFINITY }]],
    ['a checksum of nothing', [0, 1, { ...durable, crc: null }]],
    ['another outcome', [0, 1, { ...ending, outcome: 'done' }]],
    ['a problem in one word', [0, 1, { ...ending, problem: 'no' }]],
    ['a body of text', [0, 1, { ...body, bytes: 'RHEED' }]],
    ['a time base from elsewhere', [0, 1, { ...accepted, time: { startMs: 0, timeBase: 'gps' } }]],
    ['a start that is none', [0, 1, { ...accepted, time: { startMs: Number.NaN, timeBase: 'host' } }]],
    ['frames that are none', [0, 1, { ...accepted, frames: 48 }]],
    ['another session kind', [0, 1, { type: 'asked', asked: { kind: 'other', options: {} } }]],
  ])('is none: %s', (_, line) => {
    expect(decoded(line)).toBeUndefined();
  });

  it('is none, whatever bytes it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeRecord(bytes)).toBeUndefined();
        expect(decodeRecord(Uint8Array.of(0x93, 1, 2, ...bytes))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
    expect(decodeRecord(new Uint8Array(200_000).fill(0x91))).toBeUndefined(); // arrays in arrays in arrays
  });

  it('is known by its number when its type comes from a later version, also one called like a method', () => {
    expect(decoded([9, 1, { type: 'rotated', by: 3 }])).toEqual({ seq: 9 });
    expect(decoded([9, 1, { type: 'constructor' }])).toEqual({ seq: 9 });
    expect(decoded([9, 1, { type: '__proto__' }])).toEqual({ seq: 9 });
  });

  it('may say more than this version knows', () => {
    expect(decoded([9, 1, { ...durable, colour: 'red' }, 'more'])).toMatchObject({ seq: 9, at: 1, said: durable });
  });
});

it('A payload is plain msgpack, which any reader reads', () => {
  expect(Buffer.from(encodePayload({ a: [1, 'é', null, true], b: undefined })).toString('hex')).toBe(
    '81a1619401a2c3a9c0c3', // msgpack-python: packb({'a': [1, 'é', None, True]})
  );
});
