/** Side by side: these rooms do not import each other. */
const rooms = ['sources', 'operators', 'zarr', 'journal', 'ingest'];
// `files`: what a disk promises, for whoever keeps something on one.

/** Each room, and the rooms it may import. A path without a slash at its end is one file. */
const mayImport = {
  'model/': [],
  'flow/': ['model/'],
  'files/': ['model/'],
  ...Object.fromEntries(rooms.map((room) => [`${room}/`, ['model/', 'flow/']])),
  'spool/': ['model/', 'flow/', 'files/', 'journal/'],
  'delivery/': ['model/', 'flow/', ...rooms.map((room) => `${room}/`)],
  'results/': ['model/', 'flow/', 'ingest/', 'delivery/'],
  'sinks/': ['model/', 'flow/', ...rooms.map((room) => `${room}/`), 'delivery/'],
  'connect.ts': ['model/', 'flow/', 'files/', 'spool/', ...rooms.map((room) => `${room}/`), 'delivery/', 'sinks/'],
  'streamers/': ['model/', 'flow/', ...rooms.map((room) => `${room}/`), 'delivery/', 'sinks/', 'connect.ts'],
  // The embedded platform shares the wire's vocabulary; only `local` joins it to a connection.
  'server/local.ts': ['server/', 'model/', 'flow/', 'delivery/', 'connect.ts'],
  'server/(?!local[.]ts)': ['server/', 'model/', 'files/', 'zarr/', 'ingest/(codecs|routes)[.]ts'],
  'index.ts': ['(?!server/|testing/|cli/)'],
  'testing/': ['(?!cli/)'],
  'cli/': ['(?!testing/)'],
};

const named = (path) => path.replace(/\W*(\(.*)?$/, '');

export default {
  forbidden: [
    ...Object.entries(mayImport).map(([from, allowed]) => ({
      name: from.startsWith('server/(') ? 'server-stands-alone' : `layer-of-${named(from)}`,
      severity: 'error',
      from: { path: `^src/${from}` },
      to: {
        path: '^src/',
        pathNot: [...allowed, ...(from.endsWith('/') ? [from] : [])].map((path) => `^src/${path}`),
      },
    })),
    {
      name: 'nobody-imports-testing',
      severity: 'error',
      from: { pathNot: '^src/testing/' },
      to: { path: '^src/testing/' },
    },
    { name: 'nobody-imports-cli', severity: 'error', from: { pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'zstd-napi is there where somebody has installed it',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^zstd-napi/' },
    },
    {
      name: 'only-declared-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'workers-are-started',
      comment: 'A worker is started, never imported.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '[.]worker[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
