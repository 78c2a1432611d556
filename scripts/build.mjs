import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { node } from './node.mjs';
import { path } from './root.mjs';

/** Output whose source is gone would be packed, and found by whoever imports it. */
const prune = () => {
  for (const file of readdirSync(path('dist'), { recursive: true, encoding: 'utf8' })) {
    const source = file.replace(/\.(d\.ts|js)$/, '.ts');
    if (source !== file && !existsSync(path(`src/${source}`))) rmSync(path(`dist/${file}`));
  }
};

/** Compiles `src` to `dist`. Workers run from there, also in the specs. */
export const build = () => {
  node('node_modules/typescript/lib/tsc.js', '-p', 'tsconfig.build.json');
  prune();
};

// By its real path: a module's own name is one, and a checkout may be reached through a link.
if (process.argv[1] && realpathSync(process.argv[1]) === path('scripts/build.mjs')) build();
