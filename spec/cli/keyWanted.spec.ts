import { describe, expect, it } from '@jest/globals';
import { keyWanted } from '../../src/cli/keyWanted.js';

describe('keyWanted', () => {
  it.each([
    [401, 'a key that works'],
    [403, 'a key that may stream'],
    [503, undefined],
  ])('after a %s: %s', (status, key) => {
    expect(keyWanted({ status })).toBe(key);
  });

  it('is none without a problem', () => {
    expect(keyWanted(undefined)).toBeUndefined();
  });
});
