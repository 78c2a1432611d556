import { describe, expect, it } from '@jest/globals';
import { ReadingWindow } from '../../src/operators/readingWindow.js';

describe('A window of readings', () => {
  it('holds the means of bins in order, each as heavy as it has readings, at times before its end', () => {
    const window = new ReadingWindow(100, 10);
    const readings = [
      { t: 1003, value: 1 },
      { t: 1007, value: 5 },
      { t: 1025, value: 9 },
      { t: 1011, value: 2 },
      { t: 1030, value: Number.NaN },
      { t: 1029, value: Infinity },
    ];
    expect(readings.map((reading) => window.add(reading))).toEqual([true, true, true, false, true, false]);
    expect([window.beginning, window.end]).toEqual([1003, 1030]);
    expect(window.points()).toEqual({
      times: Float64Array.of(-25, -19, -5),
      values: Float64Array.of(3, 2, 9),
      weights: Float64Array.of(2, 1, 1),
    });
  });
});
