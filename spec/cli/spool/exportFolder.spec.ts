import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { exportFolder } from '../../../src/cli/spool/exportFolder.js';
import { InputError } from '../../../src/model/errors.js';
import { temporaryFolder } from './keptRun.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const write = async (draft: string) => {
  writeFileSync(join(draft, 'frames'), 'all of them');
  return 'written';
};

describe('exportFolder', () => {
  it.each(['new', join('deep', 'down'), 'empty'])('gives a %s folder its name when it is whole', async (name) => {
    mkdirSync(join(folder, 'empty'));
    const out = join(folder, name);
    expect(await exportFolder(out, write)).toBe('written');
    expect(readFileSync(join(out, 'frames'), 'utf8')).toBe('all of them');
    expect(readdirSync(join(out, '..')).filter((other) => other.includes('.draft'))).toEqual([]);
  });

  it('does not have its name before', async () => {
    const out = join(folder, 'out');
    const seen = await exportFolder(out, async () => existsSync(out));
    expect([seen, existsSync(out)]).toEqual([false, true]);
  });

  it('leaves nothing of what failed, and what was there as it was', async () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    await expect(exportFolder(out, async () => Promise.reject(new Error('the disk is gone')))).rejects.toThrow('gone');
    expect([readdirSync(folder), readdirSync(out)]).toEqual([['out'], []]);
  });

  it('refuses a folder with something in it, a file, and one that was filled meanwhile', async () => {
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'notes.txt'), 'mine');
    for (const out of [join(folder, 'full'), join(folder, 'full', 'notes.txt')])
      await expect(exportFolder(out, write)).rejects.toThrow(InputError);
    const out = join(folder, 'late');
    const late = exportFolder(out, async () => {
      mkdirSync(out);
      writeFileSync(join(out, 'other'), 'theirs');
    });
    await expect(late).rejects.toThrow('new or empty');
    expect(readFileSync(join(folder, 'full', 'notes.txt'), 'utf8')).toBe('mine');
    expect([readdirSync(out), readdirSync(folder).sort()]).toEqual([['other'], ['full', 'late']]);
  });
});
