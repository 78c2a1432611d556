import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSpoolRoot } from '../../src/files/checkSpoolRoot.js';
import { InputError } from '../../src/model/errors.js';

const isWindows = process.platform === 'win32';
let top: string;
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'epistream-root-')));
});
afterEach(() => rmSync(top, { recursive: true }));

const ruleOf = (dir: string): string => {
  try {
    return `none: ${checkSpoolRoot(dir)}`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.context).toMatchObject({ field: 'spool.dir', value: dir });
    return error.context.rule;
  }
};

describe('checkSpoolRoot', () => {
  it('makes a folder that is missing, and those above it, for their owner alone', () => {
    const root = join(top, 'lab', 'spool');
    expect(checkSpoolRoot(root)).toBe(root);
    if (!isWindows) for (const path of [root, join(top, 'lab')]) expect(lstatSync(path).mode & 0o777).toBe(0o700);
  });

  it('takes one that is there, and leaves it as it was', () => {
    const root = join(top, 'spool');
    mkdirSync(root);
    chmodSync(root, 0o755);
    writeFileSync(join(root, 'note'), 'x');
    expect(checkSpoolRoot(root)).toBe(root);
    expect(readdirSync(root)).toEqual(['note']);
    if (!isWindows) expect(lstatSync(root).mode & 0o777).toBe(0o755);
  });

  it('takes a relative path from where the process is', () => {
    expect(checkSpoolRoot(relative(process.cwd(), join(top, 'spool')))).toBe(join(top, 'spool'));
  });

  it.each(['', '  ', 'a\0b'])('refuses what names no folder: %j', (dir) => {
    expect(ruleOf(dir)).toBe('must be the path of a folder');
  });

  it('refuses a file, and a folder under a file', () => {
    writeFileSync(join(top, 'file'), 'x');
    expect(ruleOf(join(top, 'file'))).toBe('must be a folder');
    expect(ruleOf(join(top, 'file', 'spool'))).toMatch(/^must be a folder to write in/);
  });

  it('refuses a name that the disk refuses', () => {
    expect(ruleOf(join(top, 'x'.repeat(300)))).toMatch(/^must be a folder to write in/);
  });
});

// Windows has neither, and lets only administrators make links.
if (!isWindows)
  describe('checkSpoolRoot where there are owners and modes', () => {
    it('refuses a symbolic link, also one to nowhere, and makes nothing at its end', () => {
      mkdirSync(join(top, 'target'), { mode: 0o700 });
      symlinkSync(join(top, 'target'), join(top, 'link'));
      symlinkSync(join(top, 'nowhere'), join(top, 'dangling'));
      const rule = 'must not be a symbolic link: name the folder it leads to';
      expect([ruleOf(join(top, 'link')), ruleOf(`${join(top, 'link')}/`)]).toEqual([rule, rule]);
      expect(ruleOf(join(top, 'dangling'))).toBe(rule);
      expect(readdirSync(top).toSorted()).toEqual(['dangling', 'link', 'target']);
      expect(readlinkSync(join(top, 'link'))).toBe(join(top, 'target'));
    });

    it('goes through a link above it', () => {
      mkdirSync(join(top, 'target'), { mode: 0o700 });
      symlinkSync(join(top, 'target'), join(top, 'link'));
      expect(checkSpoolRoot(join(top, 'link', 'spool'))).toBe(join(top, 'link', 'spool'));
      expect(readdirSync(join(top, 'target'))).toEqual(['spool']);
    });

    it.each([0o720, 0o702, 0o777, 0o1777])(
      'refuses a folder that others may write in (%o), and says how to mend it',
      (mode) => {
        const root = join(top, "the lab's");
        mkdirSync(root);
        chmodSync(root, mode);
        expect(ruleOf(root)).toBe(`must not be writable by others (chmod go-w '${top}/the lab'\\''s')`);
        chmodSync(root, mode & ~0o022);
        expect(checkSpoolRoot(root)).toBe(root);
      },
    );

    it('refuses a folder of another user, and says how to mend it', () => {
      const root = join(top, 'spool');
      const us = process.geteuid?.();
      mkdirSync(root);
      // Only the superuser can give a folder away; for others the root of the disk is somebody else's.
      if (us === 0) chownSync(root, 12_345, 12_345);
      const others = us === 0 ? root : '/';
      expect(ruleOf(others)).toBe(
        `must belong to the user who runs this (sudo chown -R ${us} '${others}', or name another)`,
      );
    });
  });

if (existsSync('/proc/self'))
  describe('checkSpoolRoot in a file system of the kernel', () => {
    it.each(['/proc/nope', '/proc/nope/spool'])('refuses to make a folder: %s', (root) => {
      expect(ruleOf(root)).toMatch(/^must be a folder to write in/);
    });

    it('refuses one that is there', () => {
      expect(ruleOf('/proc')).toMatch(/^must be(long to the user| a folder to write in)/);
    });
  });
