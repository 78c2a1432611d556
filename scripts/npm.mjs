import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const beside = dirname(process.execPath);
/** npm's own script: what runs us, or (without npm) what was installed with this node. Windows keeps it beside node.exe. */
const npmCli = [
  process.env.npm_execpath ?? '',
  join(beside, 'node_modules/npm/bin/npm-cli.js'),
  join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
].find((path) => path.endsWith('npm-cli.js') && existsSync(path));

/**
 * Runs npm as a script of this very node: `npm.cmd` cannot be spawned on Windows.
 *
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export const npm = (args, options = {}) => {
  if (npmCli === undefined) throw new Error(`no npm was found beside ${process.execPath}; run \`npm ci\` first`);
  return spawnSync(process.execPath, [npmCli, ...args], { stdio: 'inherit', ...options });
};
