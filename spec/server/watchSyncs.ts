import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';

/** A sync, as it began: of a file's data, or of the names in a directory. */
export interface Sync {
  readonly of: 'data' | 'names';
  /** Tells which file or directory. */
  readonly ino: number;
  readonly seen: unknown;
}

/** Notes every sync of this process, with what `look` sees at that moment; `restore` ends it. */
export const watchSyncs = async (directory: string, look: () => unknown = () => undefined) => {
  const path = join(directory, 'watched');
  const handle = await open(path, 'w');
  await handle.close();
  await rm(path);
  const syncs: Sync[] = [];
  const spies = [['datasync', 'data'] as const, ['sync', 'names'] as const].map(([method, of]) => {
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    const original = prototype[method];
    return jest.spyOn(prototype, method).mockImplementation(async function (this: typeof handle) {
      syncs.push({ of, ino: (await this.stat()).ino, seen: look() });
      await original.call(this);
    });
  });
  const restore = (): void => {
    for (const spy of spies) spy.mockRestore();
  };
  return { syncs, restore };
};
