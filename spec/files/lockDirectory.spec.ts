import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from '../../src/files/lockDirectory.js';

let top: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'epistream-lock-')));
});
afterEach(() => rm(top, { recursive: true }));

const directory = async (name: string): Promise<string> => {
  await mkdir(join(top, name));
  return join(top, name);
};

describe('lockDirectory', () => {
  it('keeps a directory to one, until it is released', async () => {
    const path = await directory('a');
    const release = await lockDirectory(path);
    expect(await lockDirectory(path)).toBeUndefined();
    await release?.();
    const again = await lockDirectory(path);
    expect(again).toBeInstanceOf(Function);
    await again?.();
  });

  it('knows a directory by its other names, and from others', async () => {
    const path = await directory('a');
    const release = await lockDirectory(path);
    // Windows lets only administrators make links.
    if (process.platform !== 'win32') {
      await symlink(path, join(top, 'link'));
      expect(await lockDirectory(join(top, 'link'))).toBeUndefined();
    }
    const other = await lockDirectory(await directory('b'));
    expect(other).toBeInstanceOf(Function);
    await other?.();
    await release?.();
  });

  it('keeps each name in a directory to one, whether it is there or not', async () => {
    const path = await directory('a');
    const releases = [await lockDirectory(path, 'x'), await lockDirectory(path, 'y'), await lockDirectory(path)];
    expect(releases).toEqual([expect.any(Function), expect.any(Function), expect.any(Function)]);
    expect([await lockDirectory(path, 'x'), await lockDirectory(path)]).toEqual([undefined, undefined]);
    for (const release of releases) await release?.();
  });

  it('rejects for a directory that is not there', async () => {
    await expect(lockDirectory(join(top, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
