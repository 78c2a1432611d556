import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { InputError } from '../../src/model/errors.js';

let code: string;
const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'epistream-full-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  mkdtempSync: () => {
    throw Object.assign(new Error(code), { code });
  },
}));
const { checkSpoolRoot } = await import('../../src/files/checkSpoolRoot.js');

describe('checkSpoolRoot on a disk that takes no more', () => {
  it.each(['ENOSPC', 'EDQUOT'])('lets what is in the spool be delivered: %s', (full) => {
    code = full;
    expect(checkSpoolRoot(root)).toBe(root);
  });

  it('refuses a disk that is to be read only', () => {
    code = 'EROFS';
    expect(() => checkSpoolRoot(root)).toThrow(InputError);
  });
});
