import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

/** Operations that Windows refuses so many more times, as it does while a virus scanner has the file. */
let refusals = 0;
const reluctant =
  <Args extends unknown[], A>(act: (...args: Args) => Promise<A>) =>
  async (...args: Args): Promise<A> => {
    refusals -= 1;
    if (refusals >= 0) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
    return act(...args);
  };
const { O_NOFOLLOW: _none, ...constants } = fs.constants;
jest.unstable_mockModule('node:fs', () => ({ ...fs, constants }));
jest.unstable_mockModule('node:fs/promises', () => ({
  ...promises,
  rename: reluctant(promises.rename),
  unlink: reluctant(promises.unlink),
  rm: reluctant(promises.rm),
}));
const { nodeDisk } = await import('../../src/files/nodeDisk.js');

const here = process.platform;
const disk = nodeDisk();
let root: string;
beforeAll(async () => {
  root = await promises.mkdtemp(join(tmpdir(), 'epistream-disk-'));
  Object.defineProperty(process, 'platform', { value: 'win32' });
});
afterAll(async () => {
  Object.defineProperty(process, 'platform', { value: here });
  await promises.rm(root, { recursive: true });
});
beforeEach(() => {
  refusals = 2;
});

const put = async (name: string): Promise<string> => {
  await (await disk.create(join(root, name))).close();
  return join(root, name);
};

describe('nodeDisk on Windows', () => {
  it('waits until a file can be renamed', async () => {
    await disk.rename(await put('a'), join(root, 'b'));
    expect(await promises.readdir(root)).toEqual(['b']);
  });

  it('waits until a file can be removed', async () => {
    await disk.remove(await put('b2'));
    expect(await promises.readdir(root)).not.toContain('b2');
  });

  it('waits until a tree can be removed', async () => {
    await disk.makeDirectory(join(root, 'tree'));
    await disk.removeTree(join(root, 'tree'));
    expect(await promises.readdir(root)).not.toContain('tree');
  });

  it('knows no sync of names', async () => {
    await disk.syncDirectory(join(root, 'not there'));
  });

  // Only administrators make links there.
  if (here !== 'win32')
    it('follows no link, although there is no flag for that', async () => {
      await promises.writeFile(join(root, 'target'), 'theirs');
      await promises.symlink(join(root, 'target'), join(root, 'link'));
      await expect(disk.read(join(root, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
      await expect(disk.create(join(root, 'link'))).rejects.toMatchObject({ code: 'EEXIST' });
    });
});
