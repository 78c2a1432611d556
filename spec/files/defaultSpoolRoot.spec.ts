import { isAbsolute, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultSpoolRoot } from '../../src/files/defaultSpoolRoot.js';

describe('defaultSpoolRoot', () => {
  it('is where the environment says', () => {
    expect(defaultSpoolRoot({ EPISTREAM_SPOOL_DIR: '/mnt/lab' })).toBe('/mnt/lab');
  });

  it.each([{}, { EPISTREAM_SPOOL_DIR: '' }, { EPISTREAM_SPOOL_DIR: ' ' }])(
    'is among the user’s data otherwise: %j',
    (env) => {
      const root = defaultSpoolRoot(env);
      expect(isAbsolute(root)).toBe(true);
      expect(root.split(sep)).toEqual(expect.arrayContaining(['epistream', 'spool']));
      expect(root.split(sep).at(-1)).toBe('spool');
    },
  );
});
