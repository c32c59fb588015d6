// The rules and rooms of the house are TypeScript, loaded through tsx, so that `npx eslint .` and editors need no build.
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, globalIgnores } from 'eslint/config';
import { tsImport } from 'tsx/esm/api';
import tseslint from 'typescript-eslint';

const { house, isHotPath } = await tsImport('./packages/tooling/src/lint/index.ts', import.meta.url);
const { bannedGlobals, PEER_BYTE_ROOMS, ROOMS } = await tsImport('./packages/tooling/src/rooms.ts', import.meta.url);

const sourcesOf = (rooms) => rooms.map((room) => `packages/${room}/src/**/*.ts`);

/** Read once, when the linter starts: what a file may do depends on the head of that file. */
const hotPaths = readdirSync('packages', { recursive: true })
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
  .map((path) => `packages/${path}`)
  .filter((path) => isHotPath(readFileSync(path, 'utf8')));

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', 'docs/.vitepress/', 'reports/', '.stryker-tmp/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,ts}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-control-regex': 'error',
      'no-unreachable': 'error',
      'no-debugger': 'error',
    },
  },
  {
    files: ['packages/*/{src,test,generate}/**/*.ts', 'examples/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json' } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Callers without types are checked at run time, and a call may change a field that was just compared.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Async is what an interface asks for, whether or not one of its implementations has to wait.
      '@typescript-eslint/require-await': 'off',
      // Contradicts no-non-null-assertion.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // `readOptions<ServerOptions>(…)`: what a caller promises is stated once.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'An `as const` object and a union type, no enum.' },
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
        { selector: 'TSParameterProperties', message: 'Declare the field, assign it in the constructor.' },
        {
          selector: 'MemberExpression[property.name="canParse"]',
          message: 'Try `new URL`: once hot, canParse of Node 20 and 22 refuses all beyond ASCII.',
        },
      ],
    },
  },
  {
    // A table of cases may assert that its rows are there, and what jest matches with is any.
    files: ['packages/*/test/**/*.ts', 'examples/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    plugins: { house },
    rules: {
      'max-depth': ['error', 3],
      'max-lines-per-function': ['error', { max: 39, skipBlankLines: true, skipComments: true }],
      'house/no-unfilled-alloc': 'error',
      'house/imported-globals': 'error',
    },
  },
  {
    files: sourcesOf(PEER_BYTE_ROOMS),
    rules: { 'house/no-regexp': 'error', 'house/no-keyed-object': 'error', 'house/no-recursion': 'error' },
  },
  // Timers and clocks come in through one door, `clock.ts`, and only where there is one, so that no test sleeps.
  ...Object.entries(ROOMS).map(([room, { world }]) => ({
    files: sourcesOf([room]),
    ignores: world === 'clock' ? [`packages/${room}/src/clock.ts`] : [],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: bannedGlobals(world).map((name) => ({ name, message: 'Time is handed in.' })),
          checkGlobalObject: true,
        },
      ],
    },
  })),
  { files: hotPaths, rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
