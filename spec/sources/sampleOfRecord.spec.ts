import { describe, expect, it } from '@jest/globals';
import { sampleOfRecord } from '../../src/sources/sampleOfRecord.js';

const record = { type: 'sample', channel: 'T', t: 1_686_529_404_656, value: 580.25 };
const sample = { channel: 'T', t: 1_686_529_404_656, value: 580.25 };

describe('sampleOfRecord', () => {
  it.each([
    ['as it is', {}, {}],
    [
      'with everything',
      { units: 'C', flag: 'over-range', raw: 9e9, timeBase: 'recorded' },
      { units: 'C', flag: 'over-range', raw: 9e9, timeBase: 'recorded' },
    ],
    ['with fields that are nil', { units: null, flag: null, raw: null, timeBase: null }, {}],
    ['with a timestamp', { t: new Date(1_686_529_404_656) }, {}],
    ['with fields that nobody knows', { host: 'bridge' }, {}],
    ['without a value', { value: null }, { value: Number.NaN }],
  ])('takes a sample %s', (_, more, expected) => {
    expect(sampleOfRecord({ ...record, ...more })).toEqual({ ...sample, ...expected });
  });

  it.each([
    ['type', 'frame'],
    ['type', undefined],
    ['channel', ' '],
    ['channel', 7],
    ['t', undefined],
    ['t', 1_686_529_404],
    ['t', Number.NaN],
    ['t', '2023-06-12'],
    ['value', '580'],
    ['value', undefined],
    ['units', 7],
    ['flag', 'tired'],
    ['raw', 'x'],
    ['timeBase', 'bridge'],
  ])('refuses a %s that is %p', (field, value) => {
    expect(() => sampleOfRecord({ ...record, [field]: value })).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });
});
