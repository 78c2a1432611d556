import { describe, expect, it } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { LONGEST_WAIT_MS, waitOf } from '../../src/flow/waitOf.js';
import { marbles } from '../../src/testing/marbles.js';

describe('waitOf', () => {
  it('emits once after its time', () => {
    marbles(({ expectObservable }) => {
      expectObservable(waitOf(3, asyncScheduler)).toBe('---(0|)', { 0: 0 });
    });
  });

  it.each([Infinity, LONGEST_WAIT_MS + 1])(
    'of %p ms is a wait for ever, and not of 1 ms as a timer takes it',
    async (ms) => {
      const woken: unknown[] = [];
      const waiting = waitOf(ms, asyncScheduler).subscribe((value) => woken.push(value));
      await new Promise((resolve) => setTimeout(resolve, 10));
      waiting.unsubscribe();
      expect(woken).toEqual([]);
    },
  );
});
