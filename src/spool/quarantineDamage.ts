import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import type { Problem } from '../model/problem.js';
import type { Damage } from './readLog.js';
import { setAside } from './setAside.js';

/** Copies what could not be read to where it is looked at, and names what is new there. A disk that takes no copy holds nothing up. */
export const quarantineDamage = async (
  disk: Disk,
  directory: string,
  damage: readonly Damage[],
): Promise<readonly Problem[]> => {
  if (damage.length === 0) return [];
  const aside = join(directory, 'quarantine');
  const known = new Set(await setAside(disk, directory).catch(() => []));
  const problems: Problem[] = [];
  for (const { file, offset, bytes, reason } of damage) {
    const name = `${file}@${offset}`;
    if (known.has(name)) continue;
    const what = `${bytes.byteLength} bytes of ${file} at ${offset}`;
    const copy = await copyTo(disk, aside, name, bytes).then(
      () => `a copy is in ${aside}`,
      (error: Error) => `there is no copy yet (${error.message})`,
    );
    problems.push({ tag: 'SpoolError', message: `${what} ${reason}; ${copy}` });
  }
  return problems;
};

/** Whole or not at all: what has its name is not copied again. */
const copyTo = async (disk: Disk, aside: string, name: string, bytes: Uint8Array): Promise<void> => {
  const path = join(aside, name);
  await disk.makeDirectory(aside);
  const copy = await disk.create(path);
  try {
    await copy.write([bytes]).finally(() => copy.close());
  } catch (error) {
    await disk.remove(path).catch(() => {}); // the first error is told
    throw error;
  }
};
