import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

let did: string[];
let syncCode: string | undefined;
/** Another process, a moment before. */
let before = (_path: string): void => {};
const opened = new Map<number, string>();
const { mkdirSync, openSync, fsyncSync, closeSync } = fs;
jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  mkdirSync: (path: string, options: fs.MakeDirectoryOptions) => {
    did.push(`make ${relative(top, path)}`);
    before(path);
    return mkdirSync(path, options);
  },
  openSync: (path: string, flags: string) => {
    const file = openSync(path, flags);
    opened.set(file, path);
    return file;
  },
  fsyncSync: (file: number) => {
    did.push(`sync ${relative(top, opened.get(file) ?? '?') || '.'}`);
    fsyncSync(file);
    if (syncCode !== undefined) throw Object.assign(new Error('no'), { code: syncCode });
  },
  closeSync: (file: number) => {
    opened.delete(file);
    closeSync(file);
  },
}));
const { makeDirectorySync } = await import('../../src/files/makeDirectorySync.js');

let top: string;
beforeEach(() => {
  top = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'epistream-make-')));
  did = [];
  syncCode = undefined;
  before = () => {};
});
afterEach(() => {
  fs.rmSync(top, { recursive: true });
  expect(opened.size).toBe(0);
});

// Windows has no such sync, and no modes.
if (process.platform !== 'win32')
  describe('makeDirectorySync', () => {
    it('syncs each new name before it makes the next', () => {
      makeDirectorySync(join(top, 'a', 'b'));
      expect(did).toEqual(['make a', 'sync .', 'make a/b', 'sync a']);
    });

    it('makes them for the owner alone', () => {
      makeDirectorySync(join(top, 'a', 'b'));
      expect(['a', 'a/b'].map((path) => fs.statSync(join(top, path)).mode & 0o777)).toEqual([0o700, 0o700]);
    });

    it('takes what another makes at the same time', () => {
      before = (path) => mkdirSync(path);
      makeDirectorySync(join(top, 'a', 'b'));
      expect(did).toEqual(['make a', 'sync .', 'make a/b', 'sync a']);
    });

    it('does nothing for one that is there', () => {
      makeDirectorySync(top);
      expect(did).toEqual([]);
    });

    it('fails when a name cannot be synced', () => {
      syncCode = 'EIO';
      expect(() => makeDirectorySync(join(top, 'a'))).toThrow('no');
    });

    it('is content where there is no such sync', () => {
      syncCode = 'EINVAL';
      makeDirectorySync(join(top, 'a', 'b'));
      expect(fs.existsSync(join(top, 'a', 'b'))).toBe(true);
    });
  });
