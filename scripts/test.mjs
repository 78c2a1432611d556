import { build } from './build.mjs';
import { install } from './install.mjs';
import { node } from './node.mjs';

// `npm test -- spec/zarr` passes what follows on to jest.
install();
build();
node(
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  ...process.argv.slice(2),
);
