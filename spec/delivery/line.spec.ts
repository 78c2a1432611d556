import { expect, it } from '@jest/globals';
import { Line } from '../../src/delivery/line.js';

it('backlogs share half of what one session may send at a time, and one place at least', () => {
  expect([1, 2, 3, 4, 9].map((inFlight) => new Line(inFlight).backlog.size)).toEqual([1, 1, 1, 2, 4]);
});
