import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeParts } from '../../src/files/writeParts.js';

/** A file that takes so many bytes at a time. */
const fileTaking = (bytesAtOnce: () => number) => {
  const written: number[] = [];
  const calls: number[] = [];
  const writev = async (parts: readonly Uint8Array[]) => {
    expect(parts.every(({ byteLength }) => byteLength > 0)).toBe(true);
    const bytes = Buffer.concat(parts).subarray(0, bytesAtOnce());
    for (const byte of bytes) written.push(byte);
    calls.push(bytes.byteLength);
    return { bytesWritten: bytes.byteLength, buffers: parts };
  };
  return { written, calls, file: { writev: writev as unknown as FileHandle['writev'] } };
};

describe('writeParts', () => {
  it('writes what fits in one call', async () => {
    const { written, calls, file } = fileTaking(() => 100);
    await writeParts(file, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    expect([written, calls]).toEqual([[1, 2, 3], [3]]);
  });

  it('asks the system for nothing when there is nothing to write', async () => {
    const { calls, file } = fileTaking(() => 100);
    await writeParts(file, [new Uint8Array(0)]);
    expect(calls).toEqual([]);
  });

  it('goes on where the system stopped, wherever that is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ max: 9 })),
        fc.array(fc.integer({ min: 1, max: 12 })),
        async (parts, sizes) => {
          const left = [...sizes];
          const { written, file } = fileTaking(() => left.shift() ?? 5);
          await writeParts(file, parts);
          expect(written).toEqual([...Buffer.concat(parts)]);
        },
      ),
    ));

  it('writes as many parts as there are records that have waited for a disk', async () => {
    const parts = Array.from({ length: 30_000 }, (_, i) => Uint8Array.of(i % 251, i % 7));
    const { written, file } = fileTaking(() => 50_001);
    await writeParts(file, parts);
    expect(Buffer.compare(Buffer.from(written), Buffer.concat(parts))).toBe(0);
  });

  it('fails when the system takes nothing', async () => {
    const { file } = fileTaking(() => 0);
    await expect(writeParts(file, [Uint8Array.of(1)])).rejects.toMatchObject({ code: 'EIO' });
  });

  it('fails as the system does, after what it took', async () => {
    const calls: number[] = [];
    const writev = async (parts: readonly Uint8Array[]) => {
      calls.push(Buffer.concat(parts).byteLength);
      if (calls.length === 2) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return { bytesWritten: 2, buffers: parts };
    };
    const file = { writev: writev as unknown as FileHandle['writev'] };
    await expect(writeParts(file, [Uint8Array.of(1, 2, 3)])).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(calls).toEqual([3, 1]);
  });
});
