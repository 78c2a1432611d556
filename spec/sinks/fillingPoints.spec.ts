import { describe, expect, it } from '@jest/globals';
import { FillingPoints } from '../../src/sinks/fillingPoints.js';

const time = { startMs: 1000, timeBase: 'host' } as const;
const unitsOf = (channel: string) => (channel === 'T' ? 'C' : undefined);

describe('a chunk that is being filled', () => {
  it('hands out what was added since the last time, under the next revision', () => {
    const filling = new FillingPoints('T', 3, time);
    filling.add(1000, { T: 1 });
    filling.add(1001, { T: 2 });
    expect(filling.take(unitsOf)).toEqual({
      chunk: { index: 3, channel: 'T', revision: 0, items: 2 },
      time,
      channels: [{ channel: 'T', units: 'C', times: [1000, 1001], values: [1, 2] }],
    });
    expect(filling.take(unitsOf)).toBeUndefined();
    filling.add(1002, { T: Number.NaN });
    expect(filling.take(unitsOf)).toEqual({
      chunk: { index: 3, channel: 'T', revision: 1, items: 1 },
      time,
      channels: [{ channel: 'T', units: 'C', times: [1002], values: [Number.NaN] }],
    });
    expect(filling.points).toBe(3);
  });

  it('gives the channels of rows their values by name', () => {
    const filling = new FillingPoints(undefined, 0, time);
    filling.add(1000, { T: 1, p: 5 });
    filling.add(1001, { p: 6, T: 2 });
    const first = filling.take(unitsOf);
    expect(first?.chunk).toEqual({ index: 0, revision: 0, items: 2 });
    expect(first?.channels).toEqual([
      { channel: 'T', units: 'C', times: [1000, 1001], values: [1, 2] },
      { channel: 'p', times: [1000, 1001], values: [5, 6] },
    ]);
    filling.add(1002, { T: 3, p: Number.NaN });
    expect(filling.take(unitsOf)?.channels).toEqual([
      { channel: 'T', units: 'C', times: [1002], values: [3] },
      { channel: 'p', times: [1002], values: [Number.NaN] },
    ]);
  });
});
