import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where the spool is when nobody says where: what the environment's `EPISTREAM_SPOOL_DIR` names, else a folder among the user's data. */
export const defaultSpoolRoot = (env: NodeJS.ProcessEnv = process.env): string => {
  const named = env.EPISTREAM_SPOOL_DIR ?? '';
  return named.trim() === '' ? join(envPaths('epistream', { suffix: '' }).data, 'spool') : named;
};
