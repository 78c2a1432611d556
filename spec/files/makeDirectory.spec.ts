import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeDirectory } from '../../src/files/makeDirectory.js';
import { makeDirectorySync } from '../../src/files/makeDirectorySync.js';

let top: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'epistream-make-')));
});
afterEach(() => rm(top, { recursive: true }));

const isWindows = process.platform === 'win32';
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

/** What was synced, and what was there by then of what is to be made. */
const watched = (...made: readonly string[]) => {
  const synced: string[] = [];
  const sync = async (path: string): Promise<void> => {
    const there = made.filter((each) => existsSync(join(top, each)));
    synced.push(`${relative(top, path) || '.'} with ${there.join(' ') || 'none'}`);
  };
  return { synced, sync };
};

describe('makeDirectory', () => {
  it('syncs each new name before it makes the next', async () => {
    const { synced, sync } = watched('a', join('a', 'b'));
    await makeDirectory(join(top, 'a', 'b'), { sync });
    expect(synced).toEqual(['.. with none', '. with a', `a with a ${join('a', 'b')}`]);
  });

  it('syncs the last name that is there: its maker may have died before', async () => {
    const { synced, sync } = watched();
    await makeDirectory(top, { sync });
    expect(synced).toEqual(['.. with none']);
  });

  it('needs no right to read the parent of a directory that is there', async () => {
    const sync = async (): Promise<void> => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    await makeDirectory(top, { sync });
    await expect(makeDirectory(join(top, 'new'), { sync })).rejects.toMatchObject({ code: 'EACCES' });
  });

  it.each(['', '..'])('fails when a name cannot be synced (%j)', async (where) => {
    const sync = async (path: string): Promise<void> => {
      if (path === join(top, where)) throw Object.assign(new Error('no'), { code: 'EIO' });
    };
    await expect(makeDirectory(join(top, 'new'), { sync })).rejects.toMatchObject({ code: 'EIO' });
  });

  it('is made once by many who ask at the same time', async () => {
    const path = join(top, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('takes the mode, also for those above', async () => {
    await makeDirectory(join(top, 'a', 'b'), { mode: 0o700 });
    if (!isWindows) expect([await modeOf(join(top, 'a')), await modeOf(join(top, 'a', 'b'))]).toEqual([0o700, 0o700]);
  });

  it('takes the root of a disk', async () => {
    const { synced, sync } = watched();
    let root = top;
    while (dirname(root) !== root) root = dirname(root);
    await makeDirectory(root, { sync });
    expect(synced).toEqual([]);
  });
});

describe.each([
  ['makeDirectory', makeDirectory],
  ['makeDirectorySync', async (path: string) => makeDirectorySync(path)],
] as const)('%s', (_name, make) => {
  it('makes those above, and leaves what is there as it is', async () => {
    await mkdir(join(top, 'a'));
    await chmod(join(top, 'a'), 0o755);
    await make(join(top, 'a', 'b', 'c'));
    expect((await stat(join(top, 'a', 'b', 'c'))).isDirectory()).toBe(true);
    if (!isWindows) expect(await modeOf(join(top, 'a'))).toBe(0o755);
  });

  it('fails where a file is in the way', async () => {
    await writeFile(join(top, 'file'), 'x');
    await expect(make(join(top, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(make(join(top, 'file', 'a'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  // Windows lets only administrators make links.
  if (!isWindows)
    it('makes nothing at the end of a link to nowhere', async () => {
      await symlink(join(top, 'nowhere'), join(top, 'link'));
      await expect(make(join(top, 'link'))).rejects.toMatchObject({ code: 'EEXIST' });
      expect(existsSync(join(top, 'nowhere'))).toBe(false);
    });

  // Node's recursive mkdir never returns from there.
  if (existsSync('/proc/self'))
    it.each(['/proc/nope', '/proc/nope/a/b'])('fails where the kernel lets nobody make one: %s', async (path) => {
      await expect(make(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });
});
