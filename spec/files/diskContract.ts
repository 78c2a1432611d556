import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Disk } from '../../src/files/disk.js';

/** A disk, and a directory on it that a spec may use. */
export interface DiskAtHand {
  readonly disk: Disk;
  readonly root: string;
  readonly end?: () => Promise<void>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What every `Disk` owes to those who use it. */
export const diskContract = (name: string, open: () => Promise<DiskAtHand>): void => {
  describe(`${name} as a Disk`, () => {
    let at: DiskAtHand;
    let disk: Disk;
    beforeEach(async () => {
      at = await open();
      disk = at.disk;
    });
    afterEach(() => at.end?.());

    const place = (...names: readonly string[]): string => join(at.root, ...names);

    const put = async (path: string, text: string): Promise<void> => {
      const file = await disk.create(path);
      await file.write([bytesOf(text)]);
      await file.sync();
      await file.close();
    };

    const textAt = async (path: string): Promise<string> => textOf(await disk.read(path));

    /** In the order of their names. */
    const listed = async (path: string): Promise<string[]> =>
      (await disk.list(path)).map(({ name, kind }) => `${kind} ${name}`).toSorted();

    describe('makes directories', () => {
      it('and those above them that are missing', async () => {
        await disk.makeDirectory(place('a', 'b', 'c'));
        expect(await listed(place('a'))).toEqual(['directory b']);
        expect(await listed(place('a', 'b', 'c'))).toEqual([]);
      });

      it('again, and leaves what is in them', async () => {
        await disk.makeDirectory(place('a'));
        await put(place('a', 'file'), 'x');
        await disk.makeDirectory(place('a'));
        expect(await textAt(place('a', 'file'))).toBe('x');
      });

      it('for many who ask at the same time', async () => {
        await Promise.all(Array.from({ length: 5 }, () => disk.makeDirectory(place('a', 'b'))));
        expect(await listed(place('a'))).toEqual(['directory b']);
      });

      it('but not where a file is', async () => {
        await put(place('file'), 'x');
        await expect(disk.makeDirectory(place('file'))).rejects.toMatchObject({ code: 'EEXIST' });
        await expect(disk.makeDirectory(place('file', 'a'))).rejects.toThrow(/EEXIST|ENOTDIR/);
      });
    });

    describe('lists', () => {
      it('files and directories', async () => {
        await put(place('b'), 'x');
        await disk.makeDirectory(place('a'));
        expect(await listed(at.root)).toEqual(['directory a', 'file b']);
      });

      it('nothing that is not there, and no file', async () => {
        await put(place('file'), 'x');
        await expect(disk.list(place('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(disk.list(place('file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
      });
    });

    describe('creates files', () => {
      it('that take parts one after the other', async () => {
        const file = await disk.create(place('file'));
        await file.write([bytesOf('ab'), bytesOf(''), bytesOf('cd')]);
        await file.write([]);
        await file.write([bytesOf('abcdefgh').subarray(4, 6)]);
        await file.sync();
        await file.close();
        expect(await textAt(place('file'))).toBe('abcdef');
      });

      it('that can be read while they are written', async () => {
        const file = await disk.create(place('file'));
        await file.write([bytesOf('ab')]);
        expect(await textAt(place('file'))).toBe('ab');
        await file.close();
      });

      it('from memory that others share', async () => {
        const shared = new Uint8Array(new SharedArrayBuffer(3));
        shared.set([1, 2, 3]);
        const file = await disk.create(place('file'));
        await file.write([shared]);
        await file.close();
        expect([...(await disk.read(place('file')))]).toEqual([1, 2, 3]);
      });

      it('of thousands of parts', async () => {
        const file = await disk.create(place('file'));
        await file.write(Array.from({ length: 3000 }, (_, k) => bytesOf(`${k % 10}`)));
        await file.close();
        expect(await textAt(place('file'))).toBe('0123456789'.repeat(300));
      });

      it('but never over what is there', async () => {
        await put(place('file'), 'x');
        await disk.makeDirectory(place('a'));
        for (const name of ['file', 'a'])
          await expect(disk.create(place(name))).rejects.toMatchObject({ code: 'EEXIST' });
        expect(await textAt(place('file'))).toBe('x');
      });

      it('once, when two ask at the same time', async () => {
        const asked = await Promise.allSettled([disk.create(place('file')), disk.create(place('file'))]);
        expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
        for (const each of asked) if (each.status === 'fulfilled') await each.value.close();
      });

      it('but none whose name is too long', async () => {
        await expect(disk.create(place('x'.repeat(256)))).rejects.toThrow();
        expect(await listed(at.root)).toEqual([]);
      });

      it('but not where there is no directory', async () => {
        await expect(disk.create(place('gone', 'file'))).rejects.toMatchObject({ code: 'ENOENT' });
      });

      it('that take nothing any more once they are closed, which may be twice', async () => {
        const file = await disk.create(place('file'));
        await file.close();
        await file.close();
        await expect(file.write([bytesOf('x')])).rejects.toMatchObject({ code: 'EBADF' });
        expect(await textAt(place('file'))).toBe('');
      });
    });

    describe('reads', () => {
      it.each([
        ['the beginning', { from: 0, bytes: 2 }, 'ab'],
        ['the middle', { from: 2, bytes: 3 }, 'cde'],
        ['as much as there is', { from: 4, bytes: 10 }, 'ef'],
        ['nothing after the end', { from: 6, bytes: 1 }, ''],
        ['nothing far after the end', { from: 60, bytes: 1 }, ''],
        ['nothing, when asked for nothing', { from: 0, bytes: 0 }, ''],
      ] as const)('%s', async (_, part, text) => {
        await put(place('file'), 'abcdef');
        expect(textOf(await disk.read(place('file'), part))).toBe(text);
      });

      it('bytes that are the reader’s own', async () => {
        await put(place('file'), 'abc');
        (await disk.read(place('file'))).fill(0);
        expect(await textAt(place('file'))).toBe('abc');
      });

      it('no more than there is of a file, however much it is asked for', async () => {
        await put(place('file'), 'abc');
        const read = await disk.read(place('file'), { from: 0, bytes: 2 ** 50 });
        expect(textOf(read)).toBe('abc');
      });

      it('nothing that is not there, and no directory', async () => {
        await expect(disk.read(place('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(disk.read(at.root)).rejects.toMatchObject({ code: 'EISDIR' });
      });
    });

    describe('renames', () => {
      it('a file, over another', async () => {
        await put(place('a'), 'new');
        await put(place('b'), 'old');
        await disk.rename(place('a'), place('b'));
        expect(await listed(at.root)).toEqual(['file b']);
        expect(await textAt(place('b'))).toBe('new');
      });

      it('a file into another directory', async () => {
        await put(place('draft'), 'a');
        await disk.makeDirectory(place('there'));
        await disk.rename(place('draft'), place('there', 'file'));
        expect(await textAt(place('there', 'file'))).toBe('a');
      });

      it('a directory with all that is in it', async () => {
        await disk.makeDirectory(place('a', 'b'));
        await put(place('a', 'b', 'file'), 'x');
        await disk.rename(place('a'), place('.a.gone'));
        expect(await listed(at.root)).toEqual(['directory .a.gone']);
        expect(await textAt(place('.a.gone', 'b', 'file'))).toBe('x');
      });

      it('a file or a directory to the name that it has', async () => {
        await disk.makeDirectory(place('a'));
        await put(place('a', 'file'), 'x');
        await disk.rename(place('a', 'file'), place('a', 'file'));
        await disk.rename(place('a'), place('a'));
        expect(await textAt(place('a', 'file'))).toBe('x');
      });

      it('no file over a directory', async () => {
        await put(place('a'), 'x');
        await disk.makeDirectory(place('b'));
        await expect(disk.rename(place('a'), place('b'))).rejects.toThrow();
        expect(await listed(at.root)).toEqual(['directory b', 'file a']);
      });

      it('nothing that is not there, and nothing to where no directory is', async () => {
        await put(place('a'), 'x');
        await expect(disk.rename(place('gone'), place('b'))).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(disk.rename(place('a'), place('gone', 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
        expect(await listed(at.root)).toEqual(['file a']);
      });
    });

    describe('removes', () => {
      it('a file, also one that is gone by now', async () => {
        await put(place('a'), 'x');
        await disk.remove(place('a'));
        await disk.remove(place('a'));
        await disk.remove(place('gone', 'a'));
        expect(await listed(at.root)).toEqual([]);
      });

      it('no directory as if it were a file', async () => {
        await disk.makeDirectory(place('a'));
        await expect(disk.remove(place('a'))).rejects.toThrow(/EISDIR|EPERM/);
        expect(await listed(at.root)).toEqual(['directory a']);
      });

      it('a tree, also one that is gone by now', async () => {
        await disk.makeDirectory(place('a', 'b'));
        await put(place('a', 'b', 'file'), 'x');
        await put(place('a', 'file'), 'x');
        await disk.removeTree(place('a'));
        await disk.removeTree(place('a'));
        await disk.removeTree(place('gone', 'a'));
        expect(await listed(at.root)).toEqual([]);
      });
    });

    it('syncs a file that another wrote, and none that is not there', async () => {
      const file = await disk.create(place('file'));
      await file.write([Buffer.from('abc')]);
      await file.close();
      await disk.syncFile(place('file'));
      expect(await textAt(place('file'))).toBe('abc');
      await expect(disk.syncFile(place('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('syncs the names in a directory, and none in one that is not there', async () => {
      await put(place('a'), 'x');
      await disk.syncDirectory(at.root);
      expect(await textAt(place('a'))).toBe('x');
    });

    it('knows how much more it takes', async () => {
      expect(await disk.freeBytes(at.root)).toBeGreaterThan(0);
      await expect(disk.freeBytes(place('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
};
