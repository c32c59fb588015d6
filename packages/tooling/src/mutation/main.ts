/* `npm run mutate [part of a path …]`: changes the sources of frame and handshake in every small way that Stryker
 * knows, one file at a time, and runs the suites of that file against each change. A file's result is kept under
 * reports/, and docs/mutation.md is printed from all that are there; `--page` only prints. */
import { Stryker } from '@stryker-mutator/core';
import { DiskTree } from '../tree.js';
import { FRAME_EQUIVALENT } from './equivalent-frame.js';
import { HANDSHAKE_EQUIVALENT } from './equivalent-handshake.js';
import { MEMORY_EQUIVALENT } from './equivalent-memory.js';
import { pageOf, staleEntries } from './page.js';
import { chosenTasks, tasksOf, type Task } from './plan.js';
import { readResults, reportPath, scoreOf } from './results.js';

const PAGE = 'docs/mutation.md';
const EQUIVALENT = [...FRAME_EQUIVALENT, ...MEMORY_EQUIVALENT, ...HANDSHAKE_EQUIVALENT];

async function main(argv: readonly string[], root: string): Promise<void> {
  const tree = new DiskTree(root);
  const tasks = tasksOf(tree);
  if (!argv.includes('--page')) {
    for (const task of chosenTasks(tasks, argv)) await mutate(task);
  }
  const { results, missing } = readResults(root, tasks);
  for (const { source, mutants } of results) console.log(`${scoreOf(mutants).text.padStart(18)}  ${source}`);
  for (const { source, code } of staleEntries(results, EQUIVALENT)) console.log(`no such survivor: ${source}: ${code}`);
  tree.write(PAGE, pageOf(results, EQUIVALENT, missing));
}

async function mutate({ source, suites }: Task): Promise<void> {
  console.log(`${source} against ${suites.join(', ')}`);
  await new Stryker({
    mutate: [source],
    jest: { config: { testMatch: suites.map((path) => `<rootDir>/${path}`) } },
    jsonReporter: { fileName: reportPath(source) },
  }).runMutationTest();
}

await main(process.argv.slice(2), process.cwd());
