/* `npm run test:node [-- line … argument of jest …]`: the tests on other lines of Node.js than the one at hand, the newest unless
 * some are named. They come from npm, as for `npm run test:packages`. Exit status 1 when a test failed on any of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';
import { findNodes, NODE_LINES } from './pack/runtimes.js';

async function main(argv: readonly string[], root: string): Promise<number> {
  const isLine = (text: string): boolean => /^\d+$/.test(text);
  const named = argv.filter(isLine).map(Number);
  const forJest = argv.filter((text) => !isLine(text));
  const nodes = await findNodes();
  let worst = 0;
  for (const line of named.length > 0 ? named : NODE_LINES.slice(-1)) {
    const program = nodes.get(line);
    if (program === undefined) throw new Error(`${line} is none of ${NODE_LINES.join(', ')}`);
    worst = Math.max(worst, await testOn(program, forJest, root));
  }
  return worst;
}

/** Whatever the tests start as `node` runs on it, too. */
async function testOn(program: string, argv: readonly string[], root: string): Promise<number> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(program, [jest, ...argv], { cwd: root, env, stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

process.exitCode = await main(process.argv.slice(2), process.cwd());
