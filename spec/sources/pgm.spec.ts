import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePgm, isPgm } from '../../src/sources/pgm.js';

const ascii = (text: string) => new TextEncoder().encode(text);

describe('decodePgm', () => {
  it('reads ASCII numbers whatever lies between them', () => {
    const frame = decodePgm(ascii('P2 # by hand\r\n2\t2\r\n# the brightest\n9\r\n1 2\n\n3 # a pixel\n4'));
    expect(frame).toEqual({ width: 2, height: 2, format: 'gray8', data: Uint8Array.of(1, 2, 3, 4) });
  });

  it.each([
    [255, 'gray8', undefined],
    [256, 'gray16', 9],
    [4095, 'gray16', 12],
    [16383, 'gray16', 14],
    [65535, 'gray16', 16],
  ])('makes of a maximum of %d a %s of %s bits', (maximum, format, bits) => {
    const frame = decodePgm(ascii(`P2 1 1 ${maximum} 7`));
    expect([frame.format, frame.bits, [...frame.data]]).toEqual([format, bits, [7]]);
  });

  it('keeps a pixel above the maximum, and the bits of the maximum', () => {
    const frame = decodePgm(ascii('P2 2 1 16383 47934 5'));
    expect([frame.bits, [...frame.data]]).toEqual([14, [47934, 5]]);
  });

  it('keeps pixels as they are when the maximum is small: they are never scaled', () => {
    expect([...decodePgm(ascii('P2 2 1 15 15 3')).data]).toEqual([15, 3]);
  });

  it('reads the big-endian pixels of a view that begins at an odd byte', () => {
    const file = ascii('xP5 2 1 65535\n....');
    file.set([0x12, 0x34, 0xff, 0x01], file.length - 4);
    expect([...decodePgm(file.subarray(1)).data]).toEqual([0x1234, 0xff01]);
  });

  it.each([
    ['P2 2 2 255 1 2 3', 'it ends after 3 of 4 pixels'],
    ['P5 2 2 255\nabc', 'it ends after 3 of 4 pixels'],
    ['P5 2 1 65535\nabc', 'it ends after 1 of 2 pixels'],
    ['P2 100000 100000 255 1', 'it ends after 1 of 10000000000 pixels'],
    ['P2 1 1 255 256', 'pixel 0 is 256, which does not fit its 8 bits'],
    ['P2 1 1 65535 65536', 'pixel 0 is 65536, which does not fit its 16 bits'],
    ['P2 1 1 65536 1', 'its maximum is 65536, above 65535'],
    ['P2 0 1 255', 'it has no width'],
    ['P2 3', 'it has no height'],
    ['P2 1 1 # 255', 'it has no maximum'],
    ['P2 1 1 255 -1', 'byte 11 is not part of a number'],
  ])('refuses %j: %s', (file, reason) => {
    expect(() => decodePgm(ascii(file))).toThrow(reason);
  });

  it('reads both forms of any picture equally', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 65535 }),
        fc.array(fc.nat({ max: 65535 }), { minLength: 1, maxLength: 9 }),
        (height, maximum, row) => {
          const pixels = Array.from({ length: height }, () => row.map((value) => value % (maximum + 1))).flat();
          const raster = maximum > 255 ? pixels.flatMap((value) => [value >> 8, value & 255]) : pixels;
          const header = `${row.length} ${height} ${maximum}`;
          const binary = Uint8Array.from([...ascii(`P5\n${header}\n`), ...raster]);
          expect([...decodePgm(binary).data]).toEqual(pixels);
          expect(decodePgm(ascii(`P2\n${header}\n${pixels.join(' ')}`))).toEqual(decodePgm(binary));
        },
      ),
    );
  });
});

describe('isPgm', () => {
  it.each([
    ['P2\n1', true],
    ['P5 1', true],
    ['P5#', true],
    ['P6 1', false],
    ['P25', false],
    ['P2', false],
    ['', false],
  ])('says of %j: %s', (file, expected) => {
    expect(isPgm(ascii(file))).toBe(expected);
  });
});
