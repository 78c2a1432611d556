import { describe, expect, it } from '@jest/globals';
import { ReadingBuffer } from '../../src/operators/readingBuffer.js';

const filled = (...times: readonly number[]) => {
  const buffer = new ReadingBuffer();
  for (const t of times) buffer.push({ t, value: t });
  return buffer;
};
const around = (buffer: ReadingBuffer, t: number) => {
  const { before, after } = buffer.around(t);
  return [before?.t, after?.t];
};

describe('ReadingBuffer', () => {
  it('finds the last reading at or before a moment, and the first after it', () => {
    const buffer = filled(10, 20, 30);
    expect([5, 10, 15, 20, 30, 31].map((t) => around(buffer, t))).toEqual([
      [undefined, 10],
      [10, 20],
      [10, 20],
      [20, 30],
      [30, undefined],
      [30, undefined],
    ]);
    expect([buffer.newest, filled().newest, around(filled(), 0)]).toEqual([30, -Infinity, [undefined, undefined]]);
  });

  it('remembers the reading that a moment begins with, and knows nothing of what is before', () => {
    const buffer = filled(10, 20, 30);
    buffer.forget(25);
    expect([buffer.size, around(buffer, 25), around(buffer, 19)]).toEqual([2, [20, 30], [undefined, undefined]]);
    buffer.forget(5);
    buffer.forget(1000);
    expect([buffer.size, around(buffer, 30)]).toEqual([1, [30, undefined]]);
  });

  it('forgets nothing that is not there', () => {
    const buffer = filled(10);
    buffer.forget(1000);
    expect([buffer.size, around(buffer, 5)]).toEqual([1, [undefined, 10]]);
  });

  it('stays right and small while a hundred thousand readings pass through it', () => {
    const buffer = new ReadingBuffer();
    let largest = 0;
    for (let t = 0; t < 100_000; t++) {
      buffer.push({ t, value: t });
      buffer.forget(t - 50);
      largest = Math.max(largest, buffer.size);
      if (t > 50 && buffer.around(t - 49.5).before?.t !== t - 50) throw new Error(`wrong at ${t}`);
    }
    expect(largest).toBe(51);
  });
});
