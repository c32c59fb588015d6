import { transform } from 'esbuild';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BlockResult } from './main.js';
import type { Block } from './page.js';

/** How long the blocks of one page may take together. */
const TIMEOUT_MS = 30_000;

/**
 * Runs the blocks of a page in a process of their own.
 * @param root the repository, in which the process runs
 * @param bundle a folder with what `bundlePackages` made
 * @returns what went wrong, each `line: what`
 */
export async function runPage(root: string, bundle: string, name: string, all: readonly Block[]): Promise<string[]> {
  const blocks = await Promise.all(all.map(toJavaScript));
  const child = fork(join(bundle, 'main.js'), {
    cwd: root,
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const results: BlockResult[] = [];
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.on('message', (result: BlockResult) => results.push(result));
  child.send({ folder: join(bundle, `${name.replaceAll(/\W/g, '-')}-${child.pid}`), blocks });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      resolve(faultsOf(blocks, results, errors));
    });
  });
}

/** @throws Error on what is no script, with the line of the block */
async function toJavaScript(block: Block): Promise<Block> {
  const target = `node${process.versions.node}`;
  const { code } = await transform(block.code, { loader: 'ts', target, sourcefile: `block at ${block.line}` });
  return { ...block, code };
}

function faultsOf(blocks: readonly Block[], results: readonly BlockResult[], errors: string): string[] {
  const faults = results.flatMap(({ line, failure }) => (failure === undefined ? [] : [`${line}: ${failure}`]));
  const lost = blocks.find(({ line }) => !results.some((result) => result.line === line));
  if (faults.length > 0 || lost === undefined) return faults;
  return [`${lost.line}: it did not come to its end. ${errors}`.trim()];
}
