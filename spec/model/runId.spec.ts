import { describe, expect, it } from '@jest/globals';
import { runIdOf } from '../../src/model/runId.js';

describe('the id of a run', () => {
  it('is a UUID of version 8, made of the SHA-256 of its name', () => {
    // printf 'epistream growth run\0Growth run 42' | sha256sum: 0b913c19d51cfdac2374a72b…, then the version and the variant
    expect(runIdOf('Growth run 42')).toBe('0b913c19-d51c-8dac-a374-a72bf402bc70');
    expect(runIdOf('Züchtung 7')).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('is the same for the same name only', () => {
    expect(runIdOf('a')).toBe(runIdOf('a'));
    expect(runIdOf('a')).not.toBe(runIdOf('A'));
  });
});
