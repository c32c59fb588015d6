import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackages } from '../../src/blocks/bundle.js';
import { blocksOf } from '../../src/blocks/page.js';
import { runPage } from '../../src/blocks/run-page.js';

const ROOT = join(__dirname, '../../../..');
const bundle = join(ROOT, `docs/.vitepress/cache/blocks-of-test-${process.pid}`);
const run = (...codes: string[]): Promise<string[]> =>
  runPage(ROOT, bundle, 'test', blocksOf(codes.map((code) => `\`\`\`ts\n${code}\n\`\`\`\n`).join('')));

beforeAll(() => bundlePackages(ROOT, bundle), 30_000);
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

test('a server of one block answers the next, on whatever port', async () => {
  const server = "import { createServer } from 'node:http';\ncreateServer((_, r) => r.end('hello')).listen(3000);";
  const client = "const text = await (await fetch('http://localhost:3000')).text();\nif (text !== 'hello') throw text;";
  expect(await run(server, client)).toEqual([]);
}, 30_000);

test.each([
  ['throws', "throw new TypeError('too bad')", 'too bad'],
  ['rejects unheard', "await new Promise(() => void Promise.reject(new Error('unheard')))", 'unheard'],
  ['waits for what never comes', 'await new Promise(() => undefined)', 'did not come to its end'],
  ['imports what is not there', "import '@sokker/nothing'", '@sokker/nothing'],
])(
  'a block that %s',
  async (_name, code, what) => {
    const [fault] = await run('console.log(1)', code);
    expect(fault).toMatch(/^4: /);
    expect(fault).toContain(what);
  },
  30_000,
);
