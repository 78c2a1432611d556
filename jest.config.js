import { join } from 'node:path';

// A spec that forgets to say where its spool is must not write among its user's data: no folder can be below a file.
process.env.EPISTREAM_SPOOL_DIR = join(import.meta.dirname, 'package.json', 'name-a-spool');

/** Specs run from source: swc strips the types (`npm run check` looks at them), and `epistream` means `src`. */
export default {
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  // Those need minutes, or a network: `npm run test:faults`, `npm run test:interop`, `npm run test:package`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['faults', 'interop', 'package'].map((room) => `<rootDir>/spec/${room}/`),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^epistream$': '<rootDir>/src/index.ts',
    '^epistream/(server|testing)$': '<rootDir>/src/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Jest's default leaves one core idle; with two there is nothing else to run on it.
  maxWorkers: '100%',
  // A bound for what hangs, not for what is slow: lab PCs are.
  testTimeout: 20_000,
};
