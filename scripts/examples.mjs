import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path } from './root.mjs';

// Runs every example, each in an empty folder; `npm start` runs the first light.
const folder = mkdtempSync(join(tmpdir(), 'epistream-examples-'));
const examples = readdirSync(path('examples')).filter((name) => name.endsWith('.mjs') && name !== 'firstLight.mjs');
const failed = examples.filter((name) => {
  console.log(`${name}:`);
  const { status } = spawnSync(process.execPath, [path(`examples/${name}`)], {
    cwd: folder,
    stdio: 'inherit',
    timeout: 60_000,
  });
  return status !== 0;
});
rmSync(folder, { recursive: true });
console.log(failed.length > 0 ? `failed: ${failed.join(', ')}` : `${examples.length} examples ran`);
process.exitCode = failed.length > 0 ? 1 : 0;
