import { RuleTester } from 'eslint';
import type { Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import type { houseRule } from '../../src/lint/rule.js';

/** How much of TypeScript a rule needs: its syntax alone, or its types. */
type Needs = 'syntax' | 'types';

export interface Cases {
  readonly valid: readonly string[];
  /** Code with the number of nodes that are marked in it. */
  readonly invalid: readonly (readonly [code: string, marked: number])[];
}

/** Runs a rule on snippets of TypeScript; ESLint makes a test of each. */
export function testRule(
  name: string,
  rule: ReturnType<typeof houseRule>,
  cases: Cases,
  needs: Needs = 'syntax',
): void {
  const projectService = { allowDefaultProject: ['snippet.ts'], defaultProject: 'tsconfig.base.json' };
  const parserOptions = needs === 'types' ? { projectService, tsconfigRootDir: process.cwd() } : {};
  const tester = new RuleTester({
    languageOptions: { parser: tseslint.parser, parserOptions },
  });
  // typescript-eslint types its rules by its own syntax tree; ESLint runs them all the same.
  tester.run(name, rule as unknown as Rule.RuleModule, {
    valid: cases.valid.map((code) => ({ code, filename: 'snippet.ts' })),
    invalid: cases.invalid.map(([code, errors]) => ({ code, errors, filename: 'snippet.ts' })),
  });
}
