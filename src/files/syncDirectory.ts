import { open } from 'node:fs/promises';
import { isUnknownSync } from './isUnknownSync.js';

/**
 * Makes the names in a directory survive a power cut. Where there is no such sync there is nothing to do: Windows journals them
 * itself, and a network folder that knows none promises nothing.
 */
export const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    if (!isUnknownSync(error)) throw error;
  } finally {
    await directory.close();
  }
};
