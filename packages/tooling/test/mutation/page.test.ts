import type { Equivalent } from '../../src/mutation/equivalent.js';
import { pageOf, staleEntries } from '../../src/mutation/page.js';
import type { FileResult, Mutant } from '../../src/mutation/results.js';

const survivor: Mutant = {
  mutator: 'StringLiteral',
  killed: false,
  endless: false,
  line: 7,
  code: "a = 'b' || `c`;",
  original: "'b' || `c`",
  replacement: '""',
};
const killed: Mutant = { ...survivor, killed: true, line: 8, code: 'c();' };
const results: readonly FileResult[] = [
  {
    source: 'packages/frame/src/web/a.ts',
    mutants: [survivor, killed, { ...survivor, line: 9, code: 'go();', replacement: '' }],
  },
  { source: 'packages/handshake/src/b.ts', mutants: [killed, { ...killed, endless: true }] },
  { source: 'packages/handshake/src/none.ts', mutants: [] },
];
const entry: Equivalent = {
  source: 'packages/frame/src/web/a.ts',
  code: survivor.code,
  reason: 'Set anew before it is read.',
};

test('scores by room and file, survivors with and without a reason', () => {
  const page = pageOf(results, [entry], []);
  expect(page).toContain('## @sokker/frame\n\nKilled: 33.3 % (1 of 3), 0 of them for running without end.\n');
  expect(page).toContain('| web/a.ts | 33.3 % (1 of 3) |\n');
  expect(page).toContain(
    '### Survivors that no test can or should kill\n\n| Where | Code | Became | Why |\n| --- | --- | --- | --- |\n| web/a.ts:7 | `` \'b\' \\|\\| `c` `` | `""` | Set anew before it is read. |\n',
  );
  expect(page).toContain(
    "### Survivors\n\n| Where | Code | Became |\n| --- | --- | --- |\n| web/a.ts:9 | `` 'b' \\|\\| `c` `` | nothing |\n",
  );
  expect(page).toContain(
    '## @sokker/handshake\n\nKilled: 100.0 % (2 of 2), 1 of them for running without end.\n\n| Source | Killed |\n| --- | --- |\n| b.ts | 100.0 % (2 of 2) |\n',
  );
});

test('says what was not run', () => {
  const page = pageOf(results, [], ['packages/frame/src/c.ts', 'packages/frame/src/d.ts']);
  expect(page).toContain('\n\nNot run as they are now: `packages/frame/src/c.ts`, `packages/frame/src/d.ts`.\n\n##');
});

test.each([
  ['its mutant survives', entry, false],
  ['its mutant survives as something else', { ...entry, replacement: 'true' }, true],
  ['its mutant is killed', { ...entry, code: 'c();' }, true],
  ['its line is gone', { ...entry, code: 'd();' }, true],
  ['its source was not run', { ...entry, source: 'packages/frame/src/c.ts' }, false],
])('a reason is stale or not: %s', (_, each, stale) => {
  expect(staleEntries(results, [each])).toEqual(stale ? [each] : []);
});
