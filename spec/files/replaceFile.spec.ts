import { afterEach, describe, expect, it } from '@jest/globals';
import { replaceFile } from '../../src/files/replaceFile.js';

const here = process.platform;
const pretend = (platform: NodeJS.Platform): void => {
  Object.defineProperty(process, 'platform', { value: platform });
};
afterEach(() => pretend(here));

/** A disk that refuses so often, with this code, and the names it was given. */
const refusing = (times: number, code: string) => {
  const asked: string[] = [];
  const move = async (from: unknown, to: unknown): Promise<void> => {
    asked.push(`${from} ${to}`);
    if (asked.length <= times) throw Object.assign(new Error(code), { code });
  };
  return { asked, move };
};

describe('replaceFile', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY'])('waits on Windows for a reader to let go (%s)', async (code) => {
    pretend('win32');
    const { asked, move } = refusing(2, code);
    await replaceFile('draft', 'file', move);
    expect(asked).toEqual(['draft file', 'draft file', 'draft file']);
  });

  it('gives up on Windows when nobody lets go', async () => {
    pretend('win32');
    const { asked, move } = refusing(Number.POSITIVE_INFINITY, 'EBUSY');
    await expect(replaceFile('draft', 'file', move)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(asked).toHaveLength(20);
  });

  it.each([
    ['win32', 'ENOSPC'],
    ['linux', 'EPERM'],
  ] as const)('waits for nothing else: %s, %s', async (platform, code) => {
    pretend(platform);
    const { asked, move } = refusing(1, code);
    await expect(replaceFile('draft', 'file', move)).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });
});
