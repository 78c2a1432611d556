import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { watchSyncs } from '../server/watchSyncs.js';
import { diskContract } from './diskContract.js';

const isWindows = process.platform === 'win32';
const temporary = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), 'epistream-disk-')));

for (const sync of [true, false])
  diskContract(`nodeDisk (sync: ${sync})`, async () => {
    const root = await temporary();
    return { disk: nodeDisk({ sync }), root, end: () => rm(root, { recursive: true }) };
  });

let root: string;
beforeEach(async () => {
  root = await temporary();
});
afterEach(() => rm(root, { recursive: true }));

const writeAll = async (sync: boolean): Promise<{ of: string; ino: number }[]> => {
  const { syncs, restore } = await watchSyncs(root);
  const disk = nodeDisk({ sync });
  await disk.makeDirectory(join(root, 'a'));
  const file = await disk.create(join(root, 'a', 'file'));
  await file.write([Uint8Array.of(1)]);
  await file.sync();
  await file.close();
  await disk.syncDirectory(join(root, 'a'));
  restore();
  return syncs.map(({ of, ino }) => ({ of, ino }));
};

describe('nodeDisk', () => {
  it('syncs files and names', async () => {
    const syncs = await writeAll(true);
    const ino = async (...names: string[]): Promise<number> => (await lstat(join(root, ...names))).ino;
    const names = (at: number) => (isWindows ? [] : [{ of: 'names', ino: at }]);
    expect(syncs).toEqual([
      ...names(await ino('..')),
      ...names(await ino()),
      { of: 'data', ino: await ino('a', 'file') },
      ...names(await ino('a')),
    ]);
  });

  it('syncs nothing when a crash of the process is all there is to survive', async () => {
    expect(await writeAll(false)).toEqual([]);
  });

  it('knows how much this user may write', async () => {
    const { bavail, bsize } = await statfs(root);
    const free = await nodeDisk().freeBytes(root);
    // Others write on this disk too.
    expect(Math.abs(free / (bavail * bsize) - 1)).toBeLessThan(0.1);
  });
});

// Windows has no such modes, and lets only administrators make links.
if (!isWindows)
  describe('nodeDisk where there are modes and links', () => {
    const disk = nodeDisk();

    it('makes directories and files for their owner alone', async () => {
      await disk.makeDirectory(join(root, 'a', 'b'));
      await (await disk.create(join(root, 'a', 'b', 'file'))).close();
      const modes = await Promise.all(
        [['a'], ['a', 'b'], ['a', 'b', 'file']].map(async (names) => (await lstat(join(root, ...names))).mode & 0o777),
      );
      expect(modes).toEqual([0o700, 0o700, 0o600]);
    });

    describe('never follows a link', () => {
      const target = (): string => join(root, 'target');
      const link = (): string => join(root, 'link');
      /** To a directory with a file, to a file, or to nothing. */
      const plant = async (what: 'directory' | 'file' | 'nothing'): Promise<void> => {
        if (what === 'directory') {
          await mkdir(target());
          await writeFile(join(target(), 'theirs'), 'theirs');
        }
        if (what === 'file') await writeFile(target(), 'theirs');
        await symlink(target(), link());
      };
      const untouched = async (what: 'directory' | 'file' | 'nothing'): Promise<void> => {
        if (what === 'directory') expect(await readdir(target())).toEqual(['theirs']);
        if (what === 'file') expect(await readFile(target(), 'utf8')).toBe('theirs');
        if (what === 'nothing') expect(existsSync(target())).toBe(false);
      };

      it.each(['directory', 'file', 'nothing'] as const)('to create a file (a link to a %s)', async (what) => {
        await plant(what);
        await expect(disk.create(link())).rejects.toMatchObject({ code: 'EEXIST' });
        await untouched(what);
      });

      it.each(['directory', 'file', 'nothing'] as const)('to make a directory (a link to a %s)', async (what) => {
        await plant(what);
        await expect(disk.makeDirectory(link())).rejects.toThrow(/EEXIST|ELOOP/);
        await untouched(what);
      });

      it.each(['directory', 'file', 'nothing'] as const)('to read (a link to a %s)', async (what) => {
        await plant(what);
        await expect(disk.read(link())).rejects.toMatchObject({ code: 'ELOOP' });
        await expect(disk.read(link(), { from: 0, bytes: 1 })).rejects.toMatchObject({ code: 'ELOOP' });
      });

      it.each(['directory', 'file', 'nothing'] as const)('to list (a link to a %s)', async (what) => {
        await plant(what);
        await expect(disk.list(link())).rejects.toMatchObject({ code: 'ELOOP' });
        expect(await disk.list(root)).toContainEqual({ name: 'link', kind: 'other' });
      });

      it.each(['directory', 'file', 'nothing'] as const)('to remove (a link to a %s)', async (what) => {
        await plant(what);
        await disk.remove(link());
        expect(await readdir(root)).not.toContain('link');
        await untouched(what);
      });

      it.each(['directory', 'file', 'nothing'] as const)('to remove a tree (a link to a %s)', async (what) => {
        await plant(what);
        await disk.removeTree(link());
        await untouched(what);
        await disk.makeDirectory(join(root, 'tree'));
        await symlink(target(), join(root, 'tree', 'link'));
        await disk.removeTree(join(root, 'tree'));
        expect((await readdir(root)).filter((name) => name !== 'target')).toEqual([]);
        await untouched(what);
      });

      it.each(['file', 'nothing'] as const)('to put a file in its place (a link to a %s)', async (what) => {
        await plant(what);
        await (await disk.create(join(root, 'draft'))).close();
        await disk.rename(join(root, 'draft'), link());
        expect((await lstat(link())).isFile()).toBe(true);
        await untouched(what);
      });
    });

    it('does not wait for the other end of a pipe', async () => {
      const pipe = join(root, 'pipe');
      execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]);
      await expect(disk.read(pipe)).rejects.toMatchObject({ code: 'EINVAL' });
      expect(await disk.list(root)).toEqual([{ name: 'pipe', kind: 'other' }]);
    });
  });
