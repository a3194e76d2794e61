import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Import fences of the layout (README, "Rooms of the code"): which folder of src/ may import which.
 * A folder may always import itself. Composition roots (`api/server.ts`, `workers/main.ts`, `cli/`) import anything and
 * nothing imports them.
 */
const mayImport = {
  config: [],
  domain: [],
  telemetry: ['domain'],
  codec: ['domain'],
  db: ['domain'],
  clients: ['domain'],
  workflows: ['domain'],
  activities: ['domain', 'db', 'clients'],
  voice: ['domain'],
  api: ['domain', 'db', 'voice', 'workflows', 'codec'],
  workers: ['domain', 'activities', 'workflows', 'codec'],
};
/** Folders of which only types may be imported, by folder. */
const typesOnly = {
  codec: ['telemetry'],
  db: ['telemetry'],
  clients: ['telemetry'],
  workflows: ['activities'],
  activities: ['telemetry'],
  voice: ['telemetry'],
  api: ['telemetry', 'config'],
  workers: ['telemetry', 'config'],
};
const folders = [...Object.keys(mayImport), 'cli'];

const fence = (folder) => {
  const allowed = [folder, ...mayImport[folder]];
  const types = typesOnly[folder] ?? [];
  const banned = folders.filter((f) => !allowed.includes(f) && !types.includes(f));
  const group = (names) => names.map((f) => `**/${f}/**`);
  return {
    files: [`src/${folder}/**/*.ts`],
    ignores: ['src/api/server.ts', 'src/workers/main.ts', 'src/workers/assemble.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...group(banned), '**/standins/**'],
              message: `${folder}/ may not import this folder (see eslint.config.mjs).`,
            },
            ...(types.length
              ? [
                  {
                    group: group(types),
                    allowTypeImports: true,
                    message: `${folder}/ may import only types from here.`,
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
};

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', '.hermes', 'test/histories'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-console': 'error',
    },
  },
  ...Object.keys(mayImport).map(fence),
  {
    files: ['src/domain/**/*.ts', 'src/workflows/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Domain code has no clock: take the time as an argument.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Domain code has no clock: take the time as an argument.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'temporal/**/*.ts', 'standins/**/*.ts'],
    ignores: ['src/config/**', 'src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config reads the environment.' },
        {
          object: 'Math',
          property: 'random',
          message: 'Take randomness as an argument, or use node:crypto.',
        },
      ],
    },
  },
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { exports: 'writable', require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
