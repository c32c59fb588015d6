/* `npm run check`: the static gates of the repository, see `--help`. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { type Arguments, readArguments } from './arguments.js';
import { nodeIn } from './command.js';
import type { GateContext } from './gate.js';
import { GATES } from './gates.js';
import { gateLines, helpText, summaryLine } from './report.js';
import { runGates } from './runner.js';
import { DiskTree } from './tree.js';

async function main(argv: readonly string[], root: string): Promise<number> {
  let wanted: Arguments;
  try {
    wanted = readArguments(argv, GATES);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (wanted.help) {
    console.log(helpText(GATES));
    return 0;
  }
  const context = {
    tree: new DiskTree(root),
    update: wanted.update,
    run: nodeIn(root),
    load: loaderIn(root),
  };
  const now = (): number => performance.now();
  const start = now();
  const outcomes = await runGates(wanted.gates, {
    context,
    parallel: availableParallelism(),
    now,
    report: (outcome) => console.log(gateLines(outcome, wanted.only ? Infinity : undefined).join('\n')),
  });
  console.log(summaryLine(outcomes, now() - start));
  return outcomes.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

/** Loads modules from the sources: the `paths` of tsconfig.test.json lead `@sokker/…` to src, no build needed. */
function loaderIn(root: string): GateContext['load'] {
  const parentURL = pathToFileURL(join(root, 'package.json')).href;
  return async (path) => {
    const module: unknown = await tsImport(`./${path}`, { parentURL, tsconfig: join(root, 'tsconfig.test.json') });
    return Object(module) as Record<string, unknown>;
  };
}

// npm runs scripts in the folder of the package.json that names them: the repository's root.
process.exitCode = await main(process.argv.slice(2), process.cwd());
