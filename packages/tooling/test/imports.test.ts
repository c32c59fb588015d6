import { importsOf, lineAt } from '../src/imports.js';

describe('the imports of a source', () => {
  test.each([
    ["import { a } from 'static';", 'static'],
    ["import type { A } from 'type-only';", 'type-only'],
    ["import 'effect';", 'effect'],
    ["export { a } from 're-export';", 're-export'],
    ["export type { A } from 'type-export';", 'type-export'],
    ["const a = await import('dynamic');", 'dynamic'],
    ["const a = require('required');", 'required'],
    ["import a = require('assigned');", 'assigned'],
  ])('%s', (text, specifier) => {
    expect(importsOf(text)).toEqual([{ specifier, line: 1 }]);
  });

  test('are found by line, and not in comments or strings', () => {
    const text = ["// import 'a';", 'const b = "import \'b\'";', '', "import 'c';"].join('\n');
    expect(importsOf(text)).toEqual([{ specifier: 'c', line: 4 }]);
  });

  test('a line begins behind its line feed', () => {
    expect([0, 1, 2, 3].map((offset) => lineAt('a\nb\n', offset))).toEqual([1, 1, 2, 2]);
  });
});
