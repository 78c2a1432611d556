import { describe, expect, it } from '@jest/globals';
import { checkTimeseriesOptions } from '../../src/model/checkTimeseriesOptions.js';
import { InputError } from '../../src/model/errors.js';
import type { TimeseriesOptions } from '../../src/model/timeseriesOptions.js';

const refused = (options: unknown): InputError => {
  try {
    checkTimeseriesOptions(options as TimeseriesOptions);
  } catch (error) {
    return error as InputError;
  }
  throw new Error('nothing was refused');
};

describe('checkTimeseriesOptions', () => {
  it('fills in 100 points a chunk and ten seconds', () => {
    expect(checkTimeseriesOptions()).toEqual({ pointsPerChunk: 100, flushAfterMs: 10_000 });
    expect(checkTimeseriesOptions({ streamName: undefined })).toEqual({ pointsPerChunk: 100, flushAfterMs: 10_000 });
  });

  it('keeps what is given', () => {
    const options = {
      pointsPerChunk: 1,
      flushAfterMs: 0.5,
      streamName: 'Growth run 42',
      synthSourceId: 42,
      physicalSample: 'GaN-001',
      projectId: 'p',
      tags: ['a'],
      onDisorder: 'drop',
      onClosed: 'keep',
    } as const;
    expect(checkTimeseriesOptions(options)).toEqual(options);
  });

  it.each([
    ['pointsPerChunk', 0],
    ['pointsPerChunk', 1.5],
    ['pointsPerChunk', 2 ** 20 + 1],
    ['pointsPerChunk', '100'],
    ['flushAfterMs', 0],
    ['flushAfterMs', Number.NaN],
    ['flushAfterMs', 2 ** 31],
    ['synthSourceId', 1.5],
    ['streamName', 7],
    ['tags', 'a'],
    ['onDisorder', 'sort'],
    ['onClosed', 'stop'],
  ])('refuses %s = %p', (field, value) => {
    const error = refused({ [field]: value });
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(field);
  });

  it('names an option that there is none of', () => {
    expect(refused({ pointPerChunk: 9 }).message).toMatch(/pointPerChunk.*is not an option of a time-series session/);
    expect(refused(null)).toBeInstanceOf(InputError);
  });
});
