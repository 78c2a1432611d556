import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRunStreamName, runStreamName } from '../../src/model/runStreamName.js';

const askedAt = Date.UTC(2026, 10, 21, 8, 15);

describe('the name of a stream of a run', () => {
  it('says the run, what it holds and when it was asked for', () => {
    expect(runStreamName({ run: 'Growth run 42', part: 'frames', askedAt })).toBe(
      'Growth run 42 / frames 2026-11-21T08:15:00.000Z',
    );
  });

  it('is read back, whatever the run is called', () => {
    const part = fc.constantFrom('frames' as const, 'channels' as const, 'events' as const);
    const run = fc.string({ minLength: 1, unit: 'binary' }).filter((name) => name === name.trim());
    fc.assert(
      fc.property(run, part, fc.nat(4e12), (name, what, at) => {
        const named = { run: name, part: what, askedAt: at };
        expect(readRunStreamName(runStreamName(named))).toEqual(named);
      }),
    );
    const nested = { run: 'a / frames 2026-11-21T08:15:00.000Z', part: 'events', askedAt } as const;
    expect(readRunStreamName(runStreamName(nested))).toEqual(nested);
  });

  it.each([
    'Growth run 42',
    'Growth run 42 / frames',
    'Growth run 42 / shutters 2026-11-21T08:15:00.000Z',
    ' / frames 2026-11-21T08:15:00.000Z',
    'Growth run 42 / frames 2026-13-21T08:15:00.000Z',
    'Growth run 42 / frames 2026-11-21T08:15:00.000Z again',
  ])('is not %p', (name) => {
    expect(readRunStreamName(name)).toBeUndefined();
  });
});
