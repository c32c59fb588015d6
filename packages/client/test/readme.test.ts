/** What the README shows runs, and prints what it should. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as client from '../src/index.js';
import { echo, serve } from './server.js';

const text = readFileSync(join(__dirname, '../README.md'), 'utf8');
const examples = text
  .split('```ts\n')
  .slice(1)
  .map((rest) => rest.slice(0, rest.indexOf('```')));

async function printed(example: string): Promise<string[]> {
  const server = await serve(echo, { subprotocols: ['chat'] });
  const source = example.replaceAll('ws://localhost:3000', server.url);
  const module = ts.ModuleKind.CommonJS;
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } });
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(values.join(' ')) };
  const require = (name: string): unknown => ({ '@sokker/client': client })[name];
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('require', 'exports', 'console', outputText)(require, {}, console);
  await server.close();
  return lines;
}

test.each([
  [0, ['text Hello, server']],
  [1, ['subscribe to news']],
  [2, ['Hello, server']],
])('example %i', async (index, expected) => {
  expect(await printed(examples[index]!)).toEqual(expected);
});

test('it is no longer than 120 lines', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(120);
  expect(examples).toHaveLength(3);
});
