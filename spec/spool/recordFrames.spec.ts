import { describe, expect, it } from '@jest/globals';
import { recordFrame } from '../../src/spool/recordFrame.js';
import { recordFrames } from '../../src/spool/recordFrames.js';

/** A frame whose payload begins as every record's does. */
const frame = (...bytes: number[]): Uint8Array => recordFrame(Uint8Array.of(0x93, ...bytes));
const decode = (payload: Uint8Array): string | undefined =>
  payload[1] === 0xff ? undefined : Buffer.from(payload.subarray(1)).toString('hex');
const read = (...parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  const { found, damage, tornBytes } = recordFrames(bytes, 0, decode);
  return { found, damage: damage.map(({ offset, bytes }) => [offset, bytes.length]), tornBytes };
};
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 89) % 251);

describe('recordFrames', () => {
  it('reads frames one after the other', () => {
    expect(read(frame(1), frame(2, 3), frame())).toEqual({ found: ['01', '0203', ''], damage: [], tornBytes: 0 });
    expect(read()).toEqual({ found: [], damage: [], tornBytes: 0 });
  });

  it('passes over what is cut off at the end, and counts it', () => {
    expect(read(frame(1), frame(2).subarray(0, 6))).toEqual({ found: ['01'], damage: [], tornBytes: 6 });
    expect(read(frame(1), new Uint8Array(4096))).toEqual({ found: ['01'], damage: [], tornBytes: 4096 });
  });

  it('names what is no frame between two that are, and goes on behind it', () => {
    expect(read(frame(1), noise(40), frame(2), noise(3), frame(4))).toEqual({
      found: ['01', '02', '04'],
      damage: [
        [10, 40],
        [60, 3],
      ],
      tornBytes: 0,
    });
    expect(read(noise(7), frame(1))).toEqual({ found: ['01'], damage: [[0, 7]], tornBytes: 0 });
    expect(read(noise(1), frame(1))).toEqual({ found: ['01'], damage: [[0, 1]], tornBytes: 0 });
  });

  it('names a frame whose payload is no record, and trusts its length', () => {
    expect(read(frame(1), frame(0xff, ...frame(6)), frame(2), frame(0xff))).toEqual({
      found: ['01', '02'],
      damage: [
        [10, 20],
        [40, 10],
      ],
      tornBytes: 0,
    });
  });

  it('keeps the bytes of what it names', () => {
    const { damage } = recordFrames(Buffer.concat([frame(1), noise(5), frame(2)]), 0, decode);
    expect(damage).toEqual([{ offset: 10, bytes: Buffer.from(noise(5)) }]);
  });

  it('is not led astray by a length that the file does not have', () => {
    const claims = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 0x93);
    expect(read(claims, claims, frame(1))).toEqual({ found: ['01'], damage: [[0, 18]], tornBytes: 0 });
  });

  it('ends soon where every byte claims to begin a long frame', () => {
    // Each of a million places claims megabytes: checking them all would take many minutes.
    const bytes = new Uint8Array(9 * 2 ** 20).map((_, i) => [0, 0, 0x40, 0, 1, 2, 3, 4, 0x93][i % 9] ?? 0);
    expect(recordFrames(bytes, 0, decode)).toEqual({ found: [], damage: [], tornBytes: bytes.length });
  });
});
