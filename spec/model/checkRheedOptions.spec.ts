import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRheedOptions } from '../../src/model/checkRheedOptions.js';
import { InputError } from '../../src/model/errors.js';

const right = { fps: 24, rotationsPerMin: 0, chunkSize: 48 };

const check = (options: unknown): InputError | undefined => {
  try {
    checkRheedOptions(options as never);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
};

describe('the options of a RHEED session', () => {
  it.each([
    ['at the least chunk', {}],
    ['at a broken rate', { fps: 23.976, chunkSize: 48 }],
    ['at a slow rate', { fps: 0.2, chunkSize: 1 }],
    ['while it rotates', { rotationsPerMin: 12.5 }],
    [
      'with everything',
      {
        streamName: 'Growth run 42',
        physicalSample: 'GaN-042',
        projectId: 'p',
        tags: ['GaN', 'MBE'],
        azimuth: '[110]',
        startMs: 0,
        onGap: 'keep',
        onClosed: 'keep',
      },
    ],
    ['with fields that are undefined', { streamName: undefined, tags: undefined, startMs: undefined }],
    ['with a blank azimuth while it rotates', { rotationsPerMin: 15, azimuth: '  ' }],
  ])('are taken %s', (_, options) => {
    expect(checkRheedOptions({ ...right, ...options } as never)).toEqual({ ...right, ...options });
  });

  it.each([
    [{ fps: 0 }, 'fps must be a finite number above 0, and is 0'],
    [{ fps: '24' }, 'fps must be a finite number above 0, and is "24"'],
    [{ fps: Number.POSITIVE_INFINITY }, 'fps must be a finite number above 0, and is Infinity'],
    [{ fps: undefined }, 'fps must be a finite number above 0, and is undefined'],
    [{ rotationsPerMin: -1 }, 'rotationsPerMin must be a finite number, 0 or more, and is -1'],
    [{ rotationsPerMin: Number.NaN }, 'rotationsPerMin must be a finite number, 0 or more, and is NaN'],
    [{ chunkSize: 48.5 }, 'chunkSize must be a whole number above 0, and is 48.5'],
    [{ chunkSize: 47 }, 'chunkSize must be at least two seconds of frames, 48 at 24 fps, and is 47'],
    [{ fps: 24.1 }, 'chunkSize must be at least two seconds of frames, 49 at 24.1 fps, and is 48'],
    [{ streamName: 42 }, 'streamName must be a string, and is 42'],
    [{ tags: 'GaN' }, 'tags must be an array of strings, and is "GaN"'],
    [{ tags: ['GaN', 1] }, 'tags must be an array of strings, and is an array of 2'],
    [{ startMs: new Date(0) }, 'startMs must be a finite number of milliseconds, and is a Date'],
    [{ onGap: 'ignore' }, "onGap must be 'split' or 'keep', and is \"ignore\""],
    [{ onClosed: 'split' }, "onClosed must be 'continue' or 'keep', and is \"split\""],
    [
      { rotationsPerMin: 15, azimuth: '[110]' },
      'azimuth goes with a stationary sample only (rotationsPerMin is 15), and is "[110]"',
    ],
  ])('%j are refused in words', (wrong, message) => {
    expect(check({ ...right, ...wrong })?.message).toBe(message);
  });

  it('names the options that there are when it is given one that there is not', () => {
    const error = check({ ...right, chunk_size: 48 });
    expect(error?.context).toMatchObject({ field: 'chunk_size', value: 48 });
    expect(error?.message).toContain('(fps, rotationsPerMin, chunkSize, streamName, physicalSample, projectId, tags,');
  });

  it.each([[undefined], [null], [24], ['fps=24'], [[24, 0, 48]]])('refuses %j in their place', (options) => {
    expect(check(options)?.context.field).toBe('options');
  });

  it('are the same however often they are checked', () => {
    const options = { ...right, tags: ['GaN'], startMs: 5 };
    expect(checkRheedOptions(checkRheedOptions(options))).toEqual(options);
  });

  describe('whatever they are', () => {
    const isText = (value: unknown) => value === undefined || typeof value === 'string';
    /** The rules once more, each on its own. */
    const rules: Record<string, (value: unknown) => boolean> = {
      fps: (value) => typeof value === 'number' && value > 0 && value < Infinity,
      rotationsPerMin: (value) => typeof value === 'number' && value >= 0 && value < Infinity,
      chunkSize: (value) => typeof value === 'number' && value > 0 && value % 1 === 0,
      streamName: isText,
      physicalSample: isText,
      projectId: isText,
      azimuth: isText,
      tags: (value) => value === undefined || (Array.isArray(value) && value.every((tag) => typeof tag === 'string')),
      startMs: (value) => value === undefined || (typeof value === 'number' && Math.abs(value) < Infinity),
      onGap: (value) => value === undefined || value === 'split' || value === 'keep',
      onClosed: (value) => value === undefined || value === 'continue' || value === 'keep',
    };

    it('let no wrong value through, and name its field', () => {
      const wrong = fc
        .tuple(fc.constantFrom(...Object.keys(rules)), fc.anything())
        .filter(([field, value]) => !rules[field]!(value));
      fc.assert(
        fc.property(wrong, ([field, value]) => {
          expect(check({ ...right, [field]: value })?.context).toMatchObject({ field });
        }),
        { numRuns: 500 },
      );
    });

    it('let every pair of rate and chunk through that holds two seconds, and no other', () => {
      const rate = fc.double({ min: 0.01, max: 500, noNaN: true });
      fc.assert(
        fc.property(rate, fc.integer({ min: 1, max: 1200 }), (fps, chunkSize) => {
          expect(check({ ...right, fps, chunkSize }) === undefined).toBe(chunkSize / fps >= 2 || chunkSize >= 2 * fps);
        }),
        { numRuns: 500 },
      );
    });

    it('let no name through that is not one of theirs', () => {
      fc.assert(
        fc.property(fc.string({ minLength: 1 }), fc.anything(), (name, value) => {
          fc.pre(!(name in rules) && name !== '__proto__');
          expect(check({ ...right, [name]: value })?.context.field).toBe(name);
        }),
      );
    });
  });
});
