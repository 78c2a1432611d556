import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeDirectory } from '../../files/makeDirectory.js';
import { syncDirectory } from '../../files/syncDirectory.js';
import { InputError } from '../../model/errors.js';

/**
 * Has `fill` write into a folder beside `out`, which then becomes `out`: what carries the name is whole, also after a crash. Rejects
 * with an `InputError`, before anything is written, when something is there.
 */
export const exportFolder = async <A>(out: string, fill: (folder: string) => Promise<A>): Promise<A> => {
  const target = resolve(out);
  await refuseFull(target, out);
  await makeDirectory(dirname(target));
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}.draft-`));
  try {
    const filled = await fill(draft);
    await refuseFull(target, out);
    // Windows renames no directory onto another, not even onto an empty one.
    await rmdir(target).catch(() => {});
    await rename(draft, target);
    await syncDirectory(dirname(target));
    return filled;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
};

const refuseFull = async (target: string, out: string): Promise<void> => {
  const names = await readdir(target).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return ['itself'];
    throw error;
  });
  if (names.length > 0) throw new InputError('out', out, 'must be a folder that is new or empty');
};
