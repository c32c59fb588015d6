import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readResults, reportPath, resultsOf, scoreOf, type Mutant } from '../../src/mutation/results.js';

const source = 'const a = 1;\n  if (a > 1) {\n    go();\n  }\n';
const at = (line: number, column: number) => ({ line, column });

function mutants(...statuses: string[]): readonly Mutant[] {
  const location = { start: at(2, 7), end: at(2, 12) };
  const all = statuses.map((status) => ({ mutatorName: 'EqualityOperator', status, replacement: 'a >= 1', location }));
  const [result] = resultsOf({ files: { 'a.ts': { source, mutants: all } } });
  return result?.mutants ?? [];
}

test('a mutant is what the code was, what it became, and whether a test noticed', () => {
  expect(mutants('Survived')).toEqual([
    {
      mutator: 'EqualityOperator',
      killed: false,
      endless: false,
      line: 2,
      code: 'if (a > 1) {',
      original: 'a > 1',
      replacement: 'a >= 1',
    },
  ]);
});

test('code over several lines', () => {
  const location = { start: at(2, 14), end: at(4, 4) };
  const block = { mutatorName: 'BlockStatement', status: 'Killed', replacement: '{}', location };
  const [result] = resultsOf({ files: { 'a.ts': { source, mutants: [block] } } });
  expect(result?.mutants[0]?.original).toBe('{\n    go();\n  }');
});

test('failed and endless tests kill; mutants that no test judged do not count', () => {
  expect(mutants('Killed', 'Timeout', 'Survived', 'NoCoverage').map(({ killed }) => killed)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(mutants('Killed', 'Timeout').map(({ endless }) => endless)).toEqual([false, true]);
  expect(mutants('RuntimeError', 'CompileError', 'Ignored')).toEqual([]);
});

test('a result stands as long as its source does', () => {
  const root = mkdtempSync(join(tmpdir(), 'sokker-mutation-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const tasks = ['a.ts', 'b.ts', 'c.ts', 'types.ts'].map((source) => ({ source, suites: [] }));
  for (const { source: path } of tasks) write(path, source);
  for (const path of ['a.ts', 'b.ts']) {
    write(reportPath(path), JSON.stringify({ files: { [path]: { source, mutants: [] } } }));
  }
  write('b.ts', `${source}\n`);
  write(reportPath('types.ts'), JSON.stringify({ files: {} }));
  expect(readResults(root, tasks)).toEqual({ results: [{ source: 'a.ts', mutants: [] }], missing: ['b.ts', 'c.ts'] });
  rmSync(root, { recursive: true });
});

test('the score', () => {
  expect(scoreOf(mutants('Killed', 'Killed', 'Survived'))).toEqual({ killed: 2, text: '66.7 % (2 of 3)' });
  expect(scoreOf([]).text).toBe('100.0 % (0 of 0)');
});
