import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './program.js';

/** Something that runs JavaScript. */
export interface Runtime {
  readonly name: string;
  readonly program: string;
  /** What stands before the path of a script. */
  readonly argv: readonly string[];
}

/** Every line of Node.js that is maintained, from the oldest one supported on. */
export const NODE_LINES = [20, 22, 24, 26] as const;

/**
 * The runtimes that the packages are tried on. Node.js comes from npm, into a folder outside of the repository: inside
 * it, its `.bin/node` would take over the scripts of npm. Kept for the next time.
 */
export async function findRuntimes(root: string): Promise<Runtime[]> {
  const folder = join(tmpdir(), `sokker-runtimes-${NODE_LINES.join('-')}`);
  const programs = NODE_LINES.map((line) => join(folder, 'node_modules', `node${line}`, 'bin', 'node'));
  if (!programs.every((program) => existsSync(program))) await installNodes(folder);
  const bin = join(root, 'node_modules', '.bin');
  const nodes = programs.map(async (program) => {
    const version = (await output(program, ['--version'], folder)).trim();
    return { name: `Node.js ${version.slice(1)}`, program, argv: [] };
  });
  return [
    ...(await Promise.all(nodes)),
    {
      name: `Bun ${(await output(join(bin, 'bun'), ['--version'], folder)).trim()}`,
      program: join(bin, 'bun'),
      argv: [],
    },
    await deno(join(bin, 'deno'), folder),
  ];
}

async function installNodes(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const aliases = NODE_LINES.map((line) => `node${line}@npm:node-${process.platform}-${process.arch}@${line}`);
  await output('npm', ['install', '--no-audit', '--no-fund', ...aliases], folder);
}

async function deno(program: string, folder: string): Promise<Runtime> {
  const [, version = ''] = (await output(program, ['--version'], folder)).split(/\s+/);
  return { name: `Deno ${version}`, program, argv: ['run', '--allow-all', '--quiet', '--node-modules-dir=manual'] };
}
