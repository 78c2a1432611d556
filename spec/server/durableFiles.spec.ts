import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DurableFiles } from '../../src/server/durableFiles.js';
import { watchSyncs } from './watchSyncs.js';

let directory: string;
let files: DurableFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'epistream-files-'));
  files = await DurableFiles.open(join(directory, 'drafts'));
});
afterEach(() => rm(directory, { recursive: true }));

const drafts = (): Promise<string[]> => readdir(join(directory, 'drafts'));

describe('DurableFiles', () => {
  it('writes a file in directories that are not there yet', async () => {
    await files.write(join(directory, 'a', 'b', 'c'), Buffer.from('x'));
    expect(await readFile(join(directory, 'a', 'b', 'c'), 'utf8')).toBe('x');
    expect(await drafts()).toEqual([]);
  });

  it('syncs a file before it has its name, and every new name before it is done', async () => {
    const path = join(directory, 'a', 'b', 'c');
    const { syncs, restore } = await watchSyncs(directory, () => existsSync(path));
    await files.write(path, Buffer.from('x'));
    restore();
    const ino = async (...names: string[]): Promise<number> => (await stat(join(directory, ...names))).ino;
    const names = [
      // The last directory that is there may be one whose maker died before it was synced.
      { of: 'names', ino: await ino('..'), seen: false },
      { of: 'names', ino: await ino(), seen: false },
      { of: 'names', ino: await ino('a'), seen: false },
      { of: 'names', ino: await ino('a', 'b'), seen: true },
    ];
    expect(syncs).toEqual([
      { of: 'data', ino: await ino('a', 'b', 'c'), seen: false },
      // Windows has no such sync.
      ...(process.platform === 'win32' ? [] : names),
    ]);
  });

  it('replaces a file by another, never writes into it', async () => {
    const path = join(directory, 'a');
    await files.write(path, Buffer.from('long'));
    const before = await stat(path);
    await files.write(path, Buffer.from('x'));
    expect(await readFile(path, 'utf8')).toBe('x');
    expect((await stat(path)).ino).not.toBe(before.ino);
  });

  it('leaves nothing of a draft that failed, and the old file as it was', async () => {
    const path = join(directory, 'a');
    await files.write(path, Buffer.from('old'));
    const failed = files.draft(async (draft) => {
      await draft.writeFile('new');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await drafts()).toEqual([]);
  });

  it('leaves nothing of a draft that cannot have its place', async () => {
    await files.write(join(directory, 'a'), Buffer.from('a file, not a directory'));
    await expect(files.write(join(directory, 'a', 'b'), Buffer.from('x'))).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await drafts()).toEqual([]);
  });
});
