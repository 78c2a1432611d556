import { join } from 'node:path';
import type { Disk } from '../files/disk.js';

/** Names of what was set aside in a session's directory, for its user to look at. Fails while the system does not tell. */
export const setAside = async (disk: Disk, directory: string): Promise<readonly string[]> => {
  const entries = await disk.list(join(directory, 'quarantine')).catch((error: { code?: string }) => {
    if (/^(ENOENT|ENOTDIR|ELOOP)$/.test(error.code ?? '')) return []; // no directory of ours
    throw error;
  });
  return entries.map(({ name }) => name);
};
