import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncDirectory } from './syncDirectory.js';

/** How directories are made. */
export interface DirectoryRules {
  /** Of each that is new, before the umask. Default 0777. */
  readonly mode?: number;
  /** Makes the names in a directory durable. Default `syncDirectory`. */
  readonly sync?: (path: string) => Promise<void>;
}

/**
 * Makes a directory and those above it that are missing; their names survive a power cut when it resolves.
 *
 * Level by level: Node's recursive one never returns for a place like `/proc/nope`. And each name is synced before the next is made,
 * so that of what is found only the last name can be one that its maker, dead by now, did not get to sync.
 */
export const makeDirectory = async (
  path: string,
  { mode = 0o777, sync = syncDirectory }: DirectoryRules = {},
): Promise<void> => {
  const directory = resolve(path);
  const parent = dirname(directory);
  if (await isDirectory(directory)) return parent === directory ? undefined : syncFound(parent, sync);
  if (parent !== directory) await makeDirectory(parent, { mode, sync });
  await mkdir(directory, { mode }).catch(async (error: unknown) => {
    // Another may have made it.
    if (!(await isDirectory(directory))) throw error;
  });
  await sync(parent);
};

/** Whoever may not look into the parent has not made the directory either. */
const syncFound = (parent: string, sync: (path: string) => Promise<void>): Promise<void> =>
  sync(parent).catch((error: { code?: string }) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
  });

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return false;
    throw error;
  }
};
