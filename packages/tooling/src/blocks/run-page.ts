import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BlockResult } from './main.js';
import type { Block } from './page.js';

/** How long the blocks of one page may take together. */
const TIMEOUT_MS = 30_000;

/**
 * Runs the blocks of a page in a process of their own.
 * @param root the repository: blocks find the packages in it
 * @returns what went wrong, each `line: what`
 */
export function runPage(root: string, name: string, blocks: readonly Block[]): Promise<string[]> {
  const child = fork(join(root, 'packages/tooling/src/blocks/main.ts'), {
    cwd: root,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const results: BlockResult[] = [];
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.on('message', (result: BlockResult) => results.push(result));
  // Inside the repository, where their imports resolve; git ignores the folder.
  const folder = join(root, 'docs/.vitepress/cache/blocks', `${name.replaceAll(/\W/g, '-')}-${child.pid}`);
  child.send({ folder, blocks });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      resolve(faultsOf(blocks, results, errors));
    });
  });
}

function faultsOf(blocks: readonly Block[], results: readonly BlockResult[], errors: string): string[] {
  const faults = results.flatMap(({ line, failure }) => (failure === undefined ? [] : [`${line}: ${failure}`]));
  const lost = blocks.find(({ line }) => !results.some((result) => result.line === line));
  if (faults.length > 0 || lost === undefined) return faults;
  return [`${lost.line}: it did not come to its end. ${errors}`.trim()];
}
