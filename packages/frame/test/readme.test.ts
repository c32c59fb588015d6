/** What the README shows runs, and prints what it should. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as frame from '../src/index.js';

const text = readFileSync(join(__dirname, '../README.md'), 'utf8');
const examples = text
  .split('```ts\n')
  .slice(1)
  .map((rest) => rest.slice(0, rest.indexOf('```')));

async function printed(example: string): Promise<string[]> {
  const module = ts.ModuleKind.CommonJS;
  const { outputText } = ts.transpileModule(example, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } });
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(values.join(' ')) };
  const require = (name: string): unknown => ({ '@sokker/frame': frame })[name];
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('require', 'exports', 'console', outputText)(require, {}, console);
  return lines;
}

test.each([
  [0, ['text Hello, frames']],
  [1, ['8a03616263']],
])('example %i', async (index, expected) => {
  expect(await printed(examples[index]!)).toEqual(expected);
});

test('it is no longer than 120 lines', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(120);
  expect(examples).toHaveLength(2);
});
