/** Specs run from source: swc strips the types (`npm run check` looks at them), and `epistream` means `src`. */
export default {
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/spec/interop/'],
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
};
