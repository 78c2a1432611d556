import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { leaveWhen } from '../../src/cli/leaveWhen.js';

let exits: unknown[];
beforeEach(() => {
  exits = [];
  for (const output of [process.stdout, process.stderr])
    jest.spyOn(output, 'write').mockImplementation((_text: unknown, done?: unknown) => {
      if (typeof done === 'function') done();
      return true;
    });
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** When it has spoken and left, ms; it becomes safe at `safeAt`. */
const leaving = (safeAt: number, withinMs: number) => {
  const scheduler = new TestScheduler(() => {});
  const said: number[] = [];
  scheduler.run(() => {
    leaveWhen(
      () => scheduler.now() >= safeAt,
      withinMs,
      () => said.push(scheduler.now(), exits.length),
    );
  });
  return said;
};

describe('leaveWhen', () => {
  it.each([
    ['at once when all is safe', 0, 2_000, 0],
    ['as soon as it is', 35, 2_000, 40],
    ['when the time is up, in any case', Number.POSITIVE_INFINITY, 2_000, 2_000],
    ['at once when there is no time', Number.POSITIVE_INFINITY, 0, 0],
  ])('leaves %s, with 1, after the last word', (_, safeAt, withinMs, at) => {
    expect([leaving(safeAt, withinMs), exits]).toEqual([[at, 0], [1]]);
  });
});
