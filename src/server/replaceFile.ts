import { rename } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const attempts = 20;

/** Gives a file another's name. Windows refuses while a reader has that one open: readers are brief, so it is tried for a second. */
export const replaceFile = async (from: string, to: string, move: typeof rename = rename): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await move(from, to);
    } catch (error) {
      if (!isInUse(error) || attempt === attempts) throw error;
      await wait(50);
    }
  }
};

const isInUse = (error: unknown): boolean =>
  process.platform === 'win32' && /^(EPERM|EACCES|EBUSY)$/.test((error as { code?: string }).code ?? '');
