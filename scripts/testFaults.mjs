import { build } from './build.mjs';
import { install } from './install.mjs';
import { node } from './node.mjs';

// `npm run test:faults -- spec/faults/kill` passes what follows on to jest; EPISTREAM_FAULTS=all runs the large numbers.
const [...paths] = process.argv.slice(2);
install();
build();
node(
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--testPathIgnorePatterns',
  '/node_modules/',
  '--',
  ...(paths.length > 0 ? paths : ['spec/faults']),
);
