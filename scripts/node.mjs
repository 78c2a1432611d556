import { spawnSync } from 'node:child_process';
import { path } from './root.mjs';

/**
 * Runs a script of this repository with this node, and leaves with its exit code when it fails.
 *
 * @param {readonly string[]} args
 */
export const node = (...args) => {
  const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: path('.') });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
};
