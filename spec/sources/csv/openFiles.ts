import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const links = '/proc/self/fd';

/** The files under a folder that this process holds open, where the system can say so (Linux); elsewhere none. */
export const openFiles = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(links).catch(() => []);
  const paths = await Promise.all(names.map((name) => readlink(join(links, name)).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
};
