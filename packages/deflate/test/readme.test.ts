/** What the README shows runs, and prints what it should. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as deflate from '../src/index.js';
import { DEFLATE_OPTIONS } from '../src/options.js';

const text = readFileSync(join(__dirname, '../README.md'), 'utf8');

test('the example prints what was agreed and how small the message got', async () => {
  const start = text.indexOf('```ts\n') + '```ts\n'.length;
  const example = text.slice(start, text.indexOf('```', start));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(values.join(' ')) };
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...values: unknown[]) => unknown;
  const { outputText } = ts.transpileModule(example, { compilerOptions });
  await new AsyncFunction('require', 'exports', 'console', outputText)(() => deflate, {}, console);
  expect(lines).toEqual(['server_no_context_takeover, client_no_context_takeover', 'true 1300 29']);
});

test('it has every option and every code, and no more than 120 lines', () => {
  const names = [deflate.VIOLATIONS, deflate.LIMITS, deflate.RESPONSES, DEFLATE_OPTIONS].flatMap(Object.keys);
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  expect(text.split('\n').length).toBeLessThanOrEqual(120);
});
