import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import type { Problem } from '../model/problem.js';
import type { Damage } from './readLog.js';

/** Copies what could not be read to where it is looked at, and names what is new there. */
export const quarantineDamage = async (
  disk: Disk,
  directory: string,
  damage: readonly Damage[],
): Promise<readonly Problem[]> => {
  if (damage.length === 0) return [];
  const aside = join(directory, 'quarantine');
  await disk.makeDirectory(aside);
  const known = new Set((await disk.list(aside)).map(({ name }) => name));
  const problems: Problem[] = [];
  for (const { file, offset, bytes, reason } of damage) {
    const name = `${file}@${offset}`;
    if (known.has(name)) continue;
    const copy = await disk.create(join(aside, name));
    await copy.write([bytes]).finally(() => copy.close());
    const what = `${bytes.byteLength} bytes of ${file} at ${offset}`;
    problems.push({ tag: 'SpoolError', message: `${what} ${reason}; a copy is in ${aside}` });
  }
  return problems;
};
