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

/** The runtimes that the packages are tried on. */
export async function findRuntimes(root: string): Promise<Runtime[]> {
  const programs = await findNodes();
  const nodes = [...programs.values()].map(async (program) => {
    const version = (await output(program, ['--version'], root)).trim();
    return { name: `Node.js ${version.slice(1)}`, program, argv: [] };
  });
  const bin = join(root, 'node_modules', '.bin');
  return [
    ...(await Promise.all(nodes)),
    {
      name: `Bun ${(await output(join(bin, 'bun'), ['--version'], root)).trim()}`,
      program: join(bin, 'bun'),
      argv: [],
    },
    await deno(join(bin, 'deno'), root),
  ];
}

/**
 * Every maintained line of Node.js, its program by its number. They come from npm, into a folder outside of the
 * repository: inside it, their `.bin/node` would take over the scripts of npm. Kept for the next time.
 */
export async function findNodes(): Promise<ReadonlyMap<number, string>> {
  const folder = join(tmpdir(), `sokker-runtimes-${NODE_LINES.join('-')}`);
  const programs = NODE_LINES.map(
    (line) => [line, join(folder, 'node_modules', `node${line}`, 'bin', 'node')] as const,
  );
  if (!programs.every(([, program]) => existsSync(program))) await installNodes(folder);
  return new Map(programs);
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
