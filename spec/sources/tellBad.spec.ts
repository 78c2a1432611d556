import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { BadReading } from '../../src/sources/badReading.js';
import { tellBad } from '../../src/sources/tellBad.js';

const fail = (): never[] => {
  throw new TypeError('no number');
};

afterEach(() => {
  jest.restoreAllMocks();
});

describe('tellBad', () => {
  it('gives what can be read, and tells of what cannot', () => {
    const told: BadReading[] = [];
    const readOrTell = tellBad((bad) => told.push(bad));
    expect(
      readOrTell(
        'gauge',
        () => '7',
        () => [7],
      ),
    ).toEqual([7]);
    expect(readOrTell('gauge', () => 'x'.repeat(300), fail)).toEqual([]);
    expect(told).toEqual([{ from: 'gauge', text: 'x'.repeat(200), error: new TypeError('no number') }]);
  });

  it('warns once for each place, and not for ever', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    const readOrTell = tellBad();
    for (const from of ['a', 'a', 'b']) readOrTell(from, () => '?', fail);
    expect(warn.mock.calls.map(([said]) => said)).toEqual([
      'a said something that is no reading (no number); it is passed over',
      'b said something that is no reading (no number); it is passed over',
    ]);
    for (let n = 0; n < 100; n++) readOrTell(`topic ${n}`, () => '?', fail);
    expect(warn).toHaveBeenCalledTimes(20);
  });

  it('lets the teller fail', () => {
    const readOrTell = tellBad(() => {
      throw new Error('nobody listens');
    });
    expect(() => readOrTell('gauge', () => '?', fail)).toThrow('nobody listens');
  });
});
