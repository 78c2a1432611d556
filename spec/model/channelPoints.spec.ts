import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChannelPoints, decodePoints, encodePoints } from '../../src/model/channelPoints.js';

const textOf = (channels: readonly ChannelPoints[]): string => Buffer.from(encodePoints(channels)).toString('utf8');

describe('the body of a chunk of points', () => {
  it('is a line of JSON a channel, as RFC 8259 writes it', () => {
    const temperature = { channel: 'Ga "K" Ω', units: 'C', times: [1_700_000_000_000.5], values: [25.1] };
    expect(textOf([temperature])).toBe('{"channel":"Ga \\"K\\" Ω","units":"C","t":[1700000000000.5],"v":[25.1]}\n');
  });

  it('says no value where there is none, and no units that nobody knows', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5];
    expect(textOf([{ channel: 'p', times: [1, 2, 3, 4], values }])).toBe(
      '{"channel":"p","t":[1,2,3,4],"v":[null,null,null,-0.5]}\n',
    );
  });

  it('says the times of a row once', () => {
    const times = [1, 2];
    const rows = [
      { channel: 'T', times, values: [3, 4] },
      { channel: 'p', times, values: [5, 6] },
      { channel: 'q', times: [1, 2], values: [7, 8] },
    ];
    expect(textOf(rows)).toBe(
      '{"channel":"T","t":[1,2],"v":[3,4]}\n{"channel":"p","v":[5,6]}\n{"channel":"q","t":[1,2],"v":[7,8]}\n',
    );
    expect(decodePoints([encodePoints(rows)])).toEqual(rows);
  });

  it('goes on where another ends, also in the middle of a letter', () => {
    const first = encodePoints([{ channel: 'Ω', units: 'C', times: [1], values: [10] }]);
    const second = encodePoints([
      { channel: 'Ω', times: [2], values: [Number.NaN] },
      { channel: 'p', times: [2], values: [20] },
    ]);
    const all = [
      { channel: 'Ω', units: 'C', times: [1, 2], values: [10, Number.NaN] },
      { channel: 'p', times: [2], values: [20] },
    ];
    expect(decodePoints([first, second])).toEqual(all);
    const bytes = Buffer.concat([first, second]);
    const cut = bytes.indexOf(0xa9); // the second byte of Ω
    expect(decodePoints([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(all);
  });

  it('comes back as it was, bit by bit', () => {
    const number = fc.double({ noDefaultInfinity: true });
    const channel = fc
      .tuple(
        fc.string({ minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.array(fc.tuple(number, number)),
      )
      .map(([name, units, points]) => ({
        channel: name,
        ...(units === undefined ? {} : { units }),
        times: points.map(([t]) => (Number.isNaN(t) || Object.is(t, -0) ? 0 : t)),
        values: points.map(([, value]) => (Object.is(value, -0) ? 0 : value)), // JSON knows no -0
      }));
    fc.assert(
      fc.property(fc.uniqueArray(channel, { selector: (one) => one.channel, maxLength: 4 }), (channels) => {
        expect(decodePoints([encodePoints(channels)])).toEqual(channels);
      }),
    );
  });

  it('is refused when it is something else', () => {
    expect(() => decodePoints([Buffer.from('{"channel":')])).toThrow(SyntaxError);
  });
});
