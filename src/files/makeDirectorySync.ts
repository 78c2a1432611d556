import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isUnknownSync } from './isUnknownSync.js';

/** `makeDirectory` for who cannot wait: level by level, for the owner alone, and each new name synced before the next is made. */
export const makeDirectorySync = (path: string): void => {
  const directory = resolve(path);
  const parent = dirname(directory);
  if (isDirectory(directory)) return;
  if (parent !== directory) makeDirectorySync(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another may have made it.
    if (!isDirectory(directory)) throw error;
  }
  if (process.platform !== 'win32') syncNames(parent);
};

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const syncNames = (path: string): void => {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } catch (error) {
    if (!isUnknownSync(error)) throw error;
  } finally {
    closeSync(directory);
  }
};
