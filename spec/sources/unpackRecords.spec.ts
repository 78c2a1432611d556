import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { from, lastValueFrom, map, materialize, take, toArray } from 'rxjs';
import { unpackRecords } from '../../src/sources/unpackRecords.js';
import { marbles } from '../../src/testing/marbles.js';

const bytesOf = (...values: readonly unknown[]): Buffer => Buffer.concat(values.map((value) => pack(value)));
const options = { name: 'the bridge', maxRecordBytes: 1000 };
const number = map(({ n }: Readonly<Record<string, unknown>>) => n);

/** What comes of these chunks, and how it ends. */
const unpacked = async (...chunks: readonly Uint8Array[]) => {
  const notices = await lastValueFrom(from(chunks).pipe(unpackRecords(options), materialize(), toArray()));
  return {
    records: notices.flatMap((notice) => (notice.kind === 'N' ? [notice.value] : [])),
    end: notices.flatMap((notice) => (notice.kind === 'E' ? [notice.error.context.fault, notice.error.message] : [])),
  };
};

/** Bytes, in chunks of these sizes, over and over. */
const inChunks = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length)
    chunks.push(bytes.subarray(at, at + sizes[chunks.length % sizes.length]!));
  return chunks;
};

describe('unpackRecords', () => {
  const three = bytesOf({ n: 1 }, { n: 2 }, { n: 3 });
  const chunks = { a: three.subarray(0, 8), b: three.subarray(8, 11), c: three.subarray(11) };
  const letters = { x: 1, y: 2, z: 3 };

  it('emits a record as soon as its last byte is there', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b-c----|', chunks);
      const records = '     -x---(yz)-|';
      const subscription = '^---------!';
      expectObservable(source.pipe(unpackRecords(options), number)).toBe(records, letters);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('passes an error on, whatever is held', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-#', chunks);
      expectObservable(source.pipe(unpackRecords(options), number)).toBe('-x-#', letters);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('leaves its source in the middle of a chunk', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-(c|)', chunks);
      expectObservable(source.pipe(unpackRecords(options), number, take(2))).toBe('-x---(y|)', letters);
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('completes when nothing came', async () => {
    expect(await unpacked()).toEqual({ records: [], end: [] });
    expect(await unpacked(new Uint8Array(0))).toEqual({ records: [], end: [] });
  });

  it('gives the same records however the bytes are cut', async () => {
    const record = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.double(), fc.string(), fc.uint8Array()));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    const property = fc.asyncProperty(fc.array(record, { maxLength: 5 }), sizes, async (records, cuts) => {
      const bytes = bytesOf(...records);
      expect((await unpacked(...inChunks(bytes, cuts))).records).toEqual((await unpacked(bytes)).records);
      expect((await unpacked(bytes)).records).toHaveLength(records.length);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('says how much was good before a cut, wherever it is', async () => {
    for (let length = 1; length < three.length; length++) {
      const { records, end } = await unpacked(three.subarray(0, length));
      const [whole, left] = [Math.floor(length / 6), length % 6];
      const said = `the bridge ended in the middle of a record (${left} bytes of it came), after ${whole} good records`;
      expect([records.length, end]).toEqual([whole, left === 0 ? [] : ['cut', said]]);
    }
  });

  it.each([
    ['text', Buffer.from('Traceback (most recent call last):\n')],
    ['a byte that msgpack never has', Buffer.of(0xc1, 0xc1)],
    ['an array', pack([1, 2])],
    ['a timestamp', pack(new Date(0))],
    ['nothing', pack(null)],
  ])('stops at %s that is no record, after what was good', async (_, garbage) => {
    const { records, end } = await unpacked(Buffer.concat([three, garbage, three]));
    expect(records).toHaveLength(3);
    expect(end).toEqual(['damaged', expect.stringMatching(/^the bridge sends .*, after 3 good records$/)]);
  });

  it('stops at bytes that are no msgpack, and says why', async () => {
    const undefinedRecord = Buffer.of(0xd4, 0x72, 0x40, 0xd5, 0x99);
    const bytes = Buffer.concat([three, Buffer.of(0x81, 0x91), undefinedRecord, three]);
    await expect(lastValueFrom(from([bytes]).pipe(unpackRecords(options)))).rejects.toMatchObject({
      context: { fault: 'damaged', records: 3 },
    });
  });

  it.each([
    ['bytes', [0xc6, 0x7f, 0xff, 0xff, 0xff]],
    ['text', [0xdb, 0x7f, 0xff, 0xff, 0xff]],
    ['an array', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['an extension', [0xc9, 0x7f, 0xff, 0xff, 0xff, 0x05]],
  ])('does not wait for gigabytes of %s', async (_, header) => {
    const { records, end } = await unpacked(Buffer.concat([three, Buffer.of(0x81, 0xa1, 0x6e, ...header)]), three);
    expect(records).toHaveLength(3);
    expect(end).toEqual(['damaged', 'the bridge sends a record of more than 1000 bytes, after 3 good records']);
  });

  it('takes a record up to the limit, and none beyond', async () => {
    const big = (bytes: number) => inChunks(bytesOf({ b: Buffer.alloc(bytes) }), [97]);
    const room = 1000 - bytesOf({ b: Buffer.alloc(500) }).length + 500;
    expect((await unpacked(...big(room))).records).toHaveLength(1);
    expect((await unpacked(...big(room + 1))).end[0]).toBe('damaged');
  });

  it('ends in records and a fault, whatever comes', async () => {
    const noise = fc.uint8Array({ maxLength: 300 });
    const property = fc.asyncProperty(
      noise,
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      async (bytes, cuts) => {
        const { records, end } = await unpacked(three, ...inChunks(bytes, cuts));
        expect(records.slice(0, 3)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
        expect(end.length === 0 || ['cut', 'damaged'].includes(end[0])).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('knows numbers as other packers write them', async () => {
    const map = [0x83, 0xa1, 0x74, 0xcf, 0, 0, 0x01, 0x88, 0xad, 0x34, 0xb1, 0xb0];
    const rest = [0xa1, 0x6e, 0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xa1, 0x66, 0xca, 0x3f, 0xc0, 0, 0];
    expect((await unpacked(Buffer.of(...map, ...rest))).records).toEqual([{ t: 0x188ad34b1b0, n: -2, f: 1.5 }]);
  });

  it('lets nobody reach into objects', async () => {
    const { records } = await unpacked(Buffer.from(`\x81\xa9__proto__\x81\xa1x\x01`, 'latin1'));
    expect((records as [{ x?: unknown }])[0].x).toBeUndefined();
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
