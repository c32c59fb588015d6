/* The gates that run a tool of their own: its output is the list of failures. */
import { type CommandResult, linesOf } from '../command.js';
import type { Findings, Gate } from '../gate.js';

const PRETTIER = 'node_modules/prettier/bin/prettier.cjs';
const ESLINT = 'node_modules/eslint/bin/eslint.js';
const TSC = 'node_modules/typescript/bin/tsc';
const CACHE = 'node_modules/.cache/sokker';
const FIXTURE_WRITER = 'packages/testkit/generate/main.ts';

/** Prettier, from a cache keyed by content: a checkout changes every file's time. */
export const format: Gate = {
  name: 'format',
  promise: 'every file is as prettier writes it',
  slow: true,
  async check({ run }) {
    const cache = ['--cache', '--cache-strategy', 'content', '--cache-location', `${CACHE}/prettier`];
    const result = await run([PRETTIER, '--check', '--log-level', 'warn', ...cache, '.']);
    return findings([result], 'npm run format mends it');
  },
};

export const lint: Gate = {
  name: 'lint',
  promise: 'eslint with typescript-eslint and the rules of packages/tooling/src/lint finds nothing',
  slow: true,
  async check({ run }) {
    return findings([await run([ESLINT, '--max-warnings', '0', '.'])], '');
  },
};

/** Two programs: the build, package by package, and everything at once with tests, examples and the `paths` of jest. */
export const types: Gate = {
  name: 'types',
  promise: 'tsc accepts the packages, and the tests and examples with them',
  slow: true,
  async check({ run }) {
    const incremental = ['--incremental', '--tsBuildInfoFile', `${CACHE}/test.tsbuildinfo`];
    const build = await run([TSC, '-b', '--pretty', 'false']);
    const tests = await run([TSC, '-p', 'tsconfig.test.json', '--pretty', 'false', ...incremental]);
    return findings([build, tests], '');
  },
};

export const fixtures: Gate = {
  name: 'fixtures',
  promise: 'the committed byte fixtures are what their generator writes',
  slow: true,
  async check({ run }) {
    return findings([await run(['--import', 'tsx', FIXTURE_WRITER, '--check'])], '');
  },
};

function findings(results: readonly CommandResult[], advice: string): Findings {
  // One error in a source shows in both programs of `types`: list it once.
  const failures = [...new Set(results.filter(({ status }) => status !== 0).flatMap(failureLines))];
  return { note: failures.length > 0 ? advice : '', failures };
}

/** A command that failed without a word still failed. */
function failureLines({ status, output }: CommandResult): string[] {
  const lines = linesOf(output);
  return lines.length > 0 ? lines : [`ended with status ${status ?? 'none'} and said nothing`];
}
