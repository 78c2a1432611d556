import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from '../../src/flow/fifo.js';

describe('Fifo', () => {
  it('is an array with push and shift', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        for (const step of steps) {
          if (step === undefined) expect(fifo.shift()).toBe(model.shift());
          else [fifo, model].map((queue) => queue.push(step));
          expect(fifo.size).toBe(model.length);
        }
      }),
      { verbose: true },
    );
  });
});
