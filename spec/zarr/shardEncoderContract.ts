import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { EncodedChunk } from '../../src/model/encodedChunk.js';
import { InputError } from '../../src/model/errors.js';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import type { ShardEncoder, ShardInProgress } from '../../src/zarr/shardEncoder.js';
import { readShardIndex } from '../../src/zarr/shardIndex.js';
import { openZstd } from '../../src/zarr/zstd/openZstd.js';

const zstd = await openZstd();
const shape = { width: 8, height: 6, frames: 20 };

/** The block that the golden shards hold. */
export const ramp = (frames = 20): Uint8Array[] =>
  Array.from({ length: frames }, (_, k) => Uint8Array.from({ length: 48 }, (_, i) => (k * 48 + i) % 251));

/** A chunk's bytes, copied, as one. */
export const bytesOf = (chunk: EncodedChunk): Uint8Array => Buffer.concat(chunk.parts);

/** Frames as text: compared fast, and shown well. */
export const hex = (frames: readonly Uint8Array[]): string[] =>
  frames.map((frame) => Buffer.from(frame).toString('hex'));

const framesOf = (chunk: EncodedChunk): string[] => {
  const [frames, height, width] = chunk.dims as [number, number, number];
  return hex(decodeShard(bytesOf(chunk), { frames, height, width }, zstd));
};

const addAll = (shard: ShardInProgress, frames: readonly Uint8Array[]): ShardInProgress => {
  for (const frame of frames) shard.add(frame);
  return shard;
};

const encoded = (encoder: ShardEncoder, frames: readonly Uint8Array[]): Promise<EncodedChunk> =>
  firstValueFrom(addAll(encoder.begin(shape), frames).finish());

/** What every `ShardEncoder` owes to those who use it. `make` makes one that poisons what was released. */
export const shardEncoderContract = (name: string, make: () => ShardEncoder): void => {
  describe(`${name} as a ShardEncoder`, () => {
    const encoder = make();
    afterAll(() => lastValueFrom(encoder.close(), { defaultValue: undefined }));

    it.each([
      ['a full chunk', ramp()],
      ['a short chunk', ramp(7)],
      ['a single frame', ramp(1)],
      ['a chunk with black frames', ramp().map((frame, k) => (k >= 3 && k <= 8 ? new Uint8Array(48) : frame))],
      ['a chunk of black frames only', ramp().map(() => new Uint8Array(48))],
      ['noise', ramp().map(() => randomBytes(48))],
    ])('encodes %s, each frame with an entry of its own', async (_, frames) => {
      const chunk = await encoded(encoder, frames);
      expect(framesOf(chunk)).toEqual(hex(frames));
      expect(chunk.dims).toEqual([frames.length, 6, 8]);
      expect(chunk.byteLength).toBe(bytesOf(chunk).byteLength);
      expect(readShardIndex(bytesOf(chunk), frames.length)).not.toContain(null);
      chunk.release();
    });

    it('encodes frames of any size and number', async () => {
      const side = fc.integer({ min: 1, max: 40 });
      const picture = fc.record({
        width: side,
        height: side,
        frames: fc.integer({ min: 1, max: 9 }),
        value: fc.nat(255),
      });
      await fc.assert(
        fc.asyncProperty(picture, async ({ width, height, frames, value }) => {
          const pictures = Array.from({ length: frames }, (_, k) =>
            Uint8Array.from({ length: width * height }, (_, i) => (value * i + k) >>> (k % 3)),
          );
          const shard = addAll(encoder.begin({ width, height, frames }), pictures);
          const chunk = await firstValueFrom(shard.finish());
          expect(framesOf(chunk)).toEqual(hex(pictures));
          chunk.release();
        }),
        { numRuns: 40 },
      );
    });

    it('encodes large frames, larger than a block of zstd', async () => {
      const large = [randomBytes(500_000), Buffer.alloc(500_000), Buffer.alloc(500_000, 'rheed')];
      const shard = addAll(encoder.begin({ width: 1000, height: 500, frames: 5 }), large);
      const chunk = await firstValueFrom(shard.finish());
      expect(framesOf(chunk)).toEqual(hex(large));
    });

    it('counts what it was given', async () => {
      const shard = encoder.begin(shape);
      expect([shard.count, shard.heldBytes]).toEqual([0, 0]);
      addAll(shard, ramp(3));
      expect([shard.count, shard.heldBytes]).toEqual([3, 144]);
      shard.abort();
    });

    it('keeps a frame although its buffer is overwritten right after', async () => {
      const shard = encoder.begin(shape);
      const buffer = new Uint8Array(48);
      for (const frame of ramp()) {
        buffer.set(frame);
        shard.add(buffer);
        buffer.fill(0xee);
      }
      expect(framesOf(await firstValueFrom(shard.finish()))).toEqual(hex(ramp()));
    });

    it('takes views, of shared memory too, and leaves the buffers alone', async () => {
      const [one, two, three] = ramp(3) as [Uint8Array, Uint8Array, Uint8Array];
      const view = new Uint8Array(100).subarray(20, 68);
      const shared = new Uint8Array(new SharedArrayBuffer(64), 16);
      const node = Buffer.from(three);
      view.set(one);
      shared.set(two);
      expect(framesOf(await encoded(encoder, [view, shared, node]))).toEqual(hex([one, two, three]));
      expect([view, shared].map((buffer) => Buffer.from(buffer))).toEqual(
        [one, two].map((frame) => Buffer.from(frame)),
      );
    });

    it('refuses what is not a frame of the shard, and goes on', async () => {
      const shard = encoder.begin({ ...shape, frames: 2 });
      const detached = new Uint8Array(48);
      structuredClone(detached.buffer, { transfer: [detached.buffer] });
      const [one, two] = ramp(2) as [Uint8Array, Uint8Array];
      shard.add(one);
      for (const wrong of [detached, new Uint8Array(47), new Uint8Array(49), new Float64Array(48), new Float64Array(6)])
        expect(() => shard.add(wrong as unknown as Uint8Array)).toThrow(InputError);
      shard.add(two);
      expect(() => shard.add(two)).toThrow('frames must be at most 2 in this shard, and is 3');
      expect(framesOf(await firstValueFrom(shard.finish()))).toEqual(hex([one, two]));
    });

    it('takes no frame after the end, and no end without a frame', async () => {
      const shard = encoder.begin(shape);
      expect(() => shard.finish()).toThrow(InputError);
      addAll(shard, ramp(1)).finish();
      expect(() => shard.add(ramp(1)[0]!)).toThrow(InputError);
    });

    it('finishes once, whoever looks and whenever', async () => {
      const shard = addAll(encoder.begin(shape), ramp());
      const early = firstValueFrom(shard.finish());
      const again = shard.finish();
      const chunk = await early;
      expect(await firstValueFrom(again)).toBe(chunk);
      expect(await firstValueFrom(shard.finish())).toBe(chunk);
    });

    it('keeps interleaved shards apart', async () => {
      const shards = Array.from({ length: 7 }, () => encoder.begin(shape));
      const pictures = shards.map((_, n) => ramp().map((frame) => frame.map((value) => value ^ n)));
      for (let k = 0; k < 20; k++) shards.forEach((shard, n) => void shard.add(pictures[n]![k]!));
      const chunks = await Promise.all(shards.map((shard) => firstValueFrom(shard.finish())));
      chunks.forEach((chunk, n) => void expect(framesOf(chunk)).toEqual(hex(pictures[n]!)));
    });

    it('keeps a chunk until it is released, and reads nothing that it let go of', async () => {
      const first = await encoded(encoder, ramp());
      const second = await encoded(encoder, ramp(5));
      expect(framesOf(first)).toEqual(hex(ramp()));
      first.release();
      expect(new Set(bytesOf(first))).toEqual(new Set([0xa5]));
      const third = await encoded(encoder, ramp(9));
      // Twice is once: it must not poison the chunk that has the memory now.
      first.release();
      expect(framesOf(third)).toEqual(hex(ramp(9)));
      expect(framesOf(second)).toEqual(hex(ramp(5)));
    });

    it('gives up a shard at any moment and encodes the others', async () => {
      const other = addAll(encoder.begin(shape), ramp(10));
      encoder.begin(shape).abort();
      addAll(encoder.begin(shape), ramp()).abort();
      const finishing = addAll(encoder.begin(shape), ramp());
      const finished = finishing.finish();
      const chunk = lastValueFrom(finished, { defaultValue: 'given up' as const });
      finishing.abort();
      finishing.abort();
      expect(() => finishing.add(ramp(1)[0]!)).toThrow(InputError);
      const result = await chunk;
      if (result !== 'given up') result.release();
      expect(framesOf(await firstValueFrom(addAll(other, ramp(20).slice(10)).finish()))).toEqual(hex(ramp()));
    });

    it('closes after the shards that were begun, and as often as it is asked to', async () => {
      const encoder = make();
      const [one, two] = [encoder.begin(shape), encoder.begin(shape)];
      addAll(one, ramp());
      const closed = lastValueFrom(encoder.close(), { defaultValue: 'closed' });
      two.abort();
      expect(framesOf(await firstValueFrom(one.finish()))).toEqual(hex(ramp()));
      expect(await closed).toBe('closed');
      expect(await lastValueFrom(encoder.close(), { defaultValue: 'closed' })).toBe('closed');
    });
  });
};
