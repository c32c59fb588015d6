/* Runs the blocks of one page, in order and in one process, and tells its parent what became of each. A server that
 * one block starts is there for the next; when the last is through, the process ends. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';
import { isPrinted, type Block } from './page.js';
import { moveToFreePorts } from './ports.js';

/** What became of a block. */
export interface BlockResult {
  readonly line: number;
  /** What went wrong; undefined where nothing did. */
  readonly failure: string | undefined;
}

let printed = '';
let current: Block | undefined;

async function run(folder: string, blocks: readonly Block[]): Promise<void> {
  moveToFreePorts();
  process.env.PORT = '0';
  console.log = (...values: unknown[]) => (printed += `${formatWithOptions({ colors: false }, ...values)}\n`);
  process.on('uncaughtException', (error) => fail(error));
  mkdirSync(folder, { recursive: true });
  try {
    for (const block of blocks) await runBlock(folder, block);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runBlock(folder: string, block: Block): Promise<void> {
  const path = join(folder, `line-${block.line}.mjs`);
  writeFileSync(path, block.code);
  printed = '';
  current = block;
  // What starts this program anew, as node:cluster does, starts the block.
  process.argv[1] = path;
  await import(pathToFileURL(path).href);
  // A server that it has begun listens in a moment.
  await new Promise((resolve) => setImmediate(resolve));
  const { output } = block;
  const differs = output !== undefined && !isPrinted(output, printed);
  tell(block, differs ? `it printed\n${printed}` : undefined);
}

function tell({ line }: Block, failure: string | undefined): void {
  process.send?.({ line, failure } satisfies BlockResult);
}

function fail(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (current !== undefined) tell(current, text);
  end(1);
}

/** After what was told has left. */
function end(status: number): void {
  setImmediate(() => process.disconnect());
  process.once('disconnect', () => process.exit(status));
}

process.once('message', ({ folder, blocks }: { folder: string; blocks: readonly Block[] }) => {
  run(folder, blocks).then(() => end(0), fail);
});
