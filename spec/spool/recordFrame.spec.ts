import { describe, expect, it } from '@jest/globals';
import { payloadAt, recordFrame } from '../../src/spool/recordFrame.js';

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

describe('recordFrame', () => {
  it('is the length, the CRC-32C of length and payload, and the payload', () => {
    // Python: n = struct.pack('<I', len(p)); n + struct.pack('<I', google_crc32c.value(n + p)) + p
    expect(hex(recordFrame(Buffer.from('123456789')))).toBe('0900000078d21757313233343536373839');
    expect(hex(recordFrame(new Uint8Array(0)))).toBe('00000000c74b6748');
  });

  it('has bytes of its own, also of a payload that is a view', () => {
    const arena = Uint8Array.of(9, 1, 2, 9);
    const frame = recordFrame(arena.subarray(1, 3));
    arena.fill(7);
    expect([...frame.subarray(8)]).toEqual([1, 2]);
    expect(frame.buffer.byteLength).toBe(10);
  });
});

describe('payloadAt', () => {
  const frame = recordFrame(Uint8Array.of(5, 6, 7));

  it('finds the payload wherever the frame stands, also in a view of a larger buffer', () => {
    const bytes = Buffer.concat([Uint8Array.of(1, 2, 3), frame, Uint8Array.of(4)]);
    expect(hex(payloadAt(bytes, 3))).toBe('050607');
    expect(hex(payloadAt(bytes.subarray(2), 1))).toBe('050607');
  });

  it('finds nothing in a frame that is cut short or changed in any bit', () => {
    for (let length = 0; length < frame.length; length++)
      expect(payloadAt(frame.subarray(0, length), 0)).toBeUndefined();
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = frame.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(payloadAt(changed, 0)).toBeUndefined();
    }
  });

  it('finds nothing behind the end, nor in a length that no file has', () => {
    expect(payloadAt(frame, frame.length)).toBeUndefined();
    expect(payloadAt(frame, frame.length + 100)).toBeUndefined();
    expect(payloadAt(new Uint8Array(64).fill(0xff), 0)).toBeUndefined();
  });
});
