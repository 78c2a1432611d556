import { lstatSync, mkdtempSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../model/errors.js';
import { makeDirectorySync } from './makeDirectorySync.js';

/**
 * Sees that a folder can be a spool, makes it (0700) when it is missing, and returns its absolute path.
 *
 * Frames are kept there, and delivered from there: nobody else may put something into it or lead it elsewhere. A full disk is no
 * reason to refuse, for what is in the spool can still be delivered.
 *
 * @throws InputError for a blank path or one with a NUL, a symbolic link, what is no folder, a folder that cannot be made or written
 * in, and (not on Windows) one that belongs to another user or that others may write in.
 */
export const checkSpoolRoot = (dir: string): string => {
  const refuse = (rule: string, cause?: unknown): never => {
    throw new InputError('spool.dir', dir, rule, cause === undefined ? {} : { cause });
  };
  if (typeof dir !== 'string' || dir.trim() === '' || dir.includes('\0')) return refuse('must be the path of a folder');
  const root = resolve(dir);
  try {
    if (lstatSync(root, { throwIfNoEntry: false }) === undefined) makeDirectorySync(root);
    const broken = brokenRule(root);
    if (broken === undefined) return probe(root);
    return refuse(broken);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse(`must be a folder to write in (${(error as Error).message}): name another`, error);
  }
};

const brokenRule = (root: string): string | undefined => {
  const stats = lstatSync(root);
  if (stats.isSymbolicLink()) return 'must not be a symbolic link: name the folder it leads to';
  if (!stats.isDirectory()) return 'must be a folder';
  const us = process.geteuid?.();
  // Windows has access lists instead, and a user's data there are the user's.
  if (us === undefined) return undefined;
  const quoted = `'${root.replaceAll("'", "'\\''")}'`;
  if (stats.uid !== us) return `must belong to the user who runs this (sudo chown -R ${us} ${quoted}, or name another)`;
  return (stats.mode & 0o022) === 0 ? undefined : `must not be writable by others (chmod go-w ${quoted})`;
};

/** Only trying tells: permissions do not know of a read-only disk, nor of Windows' access lists. */
const probe = (root: string): string => {
  try {
    rmdirSync(mkdtempSync(join(root, '.probe-')));
  } catch (error) {
    if (!/^(ENOSPC|EDQUOT)$/.test((error as { code?: string }).code ?? '')) throw error;
  }
  return root;
};
