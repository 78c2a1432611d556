import { setTimeout as wait } from 'node:timers/promises';

const attempts = 20;

/** Does what Windows refuses while somebody has the file open: readers and virus scanners are brief, so it is tried for a second. */
export const untilFree = async <A>(act: () => Promise<A>): Promise<A> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isInUse(error) || attempt === attempts) throw error;
      await wait(50);
    }
  }
};

const isInUse = (error: unknown): boolean =>
  process.platform === 'win32' && /^(EPERM|EACCES|EBUSY|ENOTEMPTY)$/.test((error as { code?: string }).code ?? '');
