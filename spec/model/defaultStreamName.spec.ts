import { describe, expect, it } from '@jest/globals';
import { defaultStreamName } from '../../src/model/defaultStreamName.js';

describe('defaultStreamName', () => {
  it.each([
    [0, 5, '12:05AM'],
    [9, 59, '9:59AM'],
    [12, 0, '12:00PM'],
    [16, 37, '4:37PM'],
    [23, 59, '11:59PM'],
  ])('at %i h %i it is %s, local time', (hours, minutes, time) => {
    expect(defaultStreamName(new Date(2026, 10, 20, hours, minutes))).toBe(`RHEED Stream @ ${time}`);
  });
});
