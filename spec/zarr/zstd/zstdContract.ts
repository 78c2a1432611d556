import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compressBound } from '../../../src/zarr/zstd/compressBound.js';
import { contentSize } from '../../../src/zarr/zstd/contentSize.js';
import type { Zstd } from '../../../src/zarr/zstd/zstd.js';

const shared = (bytes: Uint8Array): Uint8Array => {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.byteLength + 7)).subarray(3, 3 + bytes.byteLength);
  view.set(bytes);
  return view;
};

const compressed = (zstd: Zstd, bytes: Uint8Array): Uint8Array => {
  const into = new Uint8Array(compressBound(bytes.byteLength));
  return into.subarray(0, zstd.compress(into, bytes));
};

const decompressed = (zstd: Zstd, frame: Uint8Array, size: number): Uint8Array => {
  const into = new Uint8Array(size);
  expect(zstd.decompress(into, frame)).toBe(size);
  return into;
};

const pictures: readonly (readonly [string, Uint8Array])[] = [
  ['one byte', Uint8Array.of(7)],
  ['noise that does not compress', randomBytes(5_000)],
  ['noise of exactly one block', randomBytes(128 * 1024)],
  ['noise of several blocks', randomBytes(300_001)],
  ['black', new Uint8Array(400_000)],
  ['a ramp', Uint8Array.from({ length: 70_000 }, (_, k) => k >>> 4)],
];

/** What every provider of zstd owes, tried against every other that can read it. */
export const zstdContract = (zstd: Zstd, readers: readonly Zstd[]): void => {
  describe(`${zstd.name} as a provider of zstd`, () => {
    it.each(pictures)('writes %s as a frame that states its size and that every provider reads', (_, bytes) => {
      const frame = compressed(zstd, bytes);
      expect(contentSize(frame)).toBe(bytes.byteLength);
      for (const reader of readers)
        expect(Buffer.from(decompressed(reader, frame, bytes.byteLength)).equals(bytes)).toBe(true);
    });

    it('reads and writes views of shared memory, and nothing beside them', () => {
      const bytes = randomBytes(2_000);
      const into = shared(new Uint8Array(compressBound(2_000)).fill(0x11));
      const frame = into.subarray(0, zstd.compress(into, shared(bytes)));
      const back = shared(new Uint8Array(2_000));
      expect(zstd.decompress(back, frame)).toBe(2_000);
      expect(Buffer.from(back).equals(bytes)).toBe(true);
      expect([...new Uint8Array(into.buffer, 0, 3), ...new Uint8Array(back.buffer, 2_003)]).toEqual([
        0, 0, 0, 0, 0, 0, 0,
      ]);
    });

    it('throws for a frame that is cut short, or larger than its room', () => {
      const frame = compressed(zstd, randomBytes(1_000));
      expect(() => zstd.decompress(new Uint8Array(1_000), frame.subarray(0, -1))).toThrow();
      expect(() => zstd.decompress(new Uint8Array(999), frame)).toThrow();
      expect(decompressed(zstd, frame, 1_000)).toHaveLength(1_000);
    });

    it('reads back whatever it wrote', () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), (bytes) => {
          expect(Buffer.from(decompressed(zstd, compressed(zstd, bytes), bytes.byteLength)).equals(bytes)).toBe(true);
        }),
      );
    });
  });
};
