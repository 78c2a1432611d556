import { describe, expect, it } from '@jest/globals';
import { contentSize } from '../../../src/zarr/zstd/contentSize.js';

const frame = (...after: number[]): Uint8Array => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...after);

describe('contentSize', () => {
  it.each([
    ['one byte, single segment', frame(0x20, 48), 48],
    ['one byte after a dictionary id', frame(0x21, 9, 48), 48],
    ['two bytes, from 256 on', frame(0x60, 0x00, 0x01), 512],
    ['two bytes after a window descriptor', frame(0x40, 0x58, 0x00, 0x01), 512],
    ['four bytes', frame(0xa0, 0x78, 0x56, 0x34, 0x12), 0x12345678],
    ['eight bytes', frame(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), 2 ** 32],
    ['none', frame(0x00, 0x58), undefined],
  ])('reads a size of %s', (_, bytes, size) => {
    expect(contentSize(bytes)).toBe(size);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['other bytes', new Uint8Array(20)],
    ['a header cut short', frame(0xe0, 0, 0)],
  ])('throws for %s', (_, bytes) => {
    expect(() => contentSize(bytes)).toThrow(RangeError);
  });
});
