import { open } from 'node:fs/promises';

/**
 * Makes the names in a directory survive a power cut. Where there is no such sync there is nothing to do: on Windows a rename is
 * journalled, and some network folders promise nothing.
 */
export const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    if (!/^(EINVAL|ENOTSUP|ENOSYS)$/.test((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await directory.close();
  }
};
