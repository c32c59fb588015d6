import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './program.js';
import type { Runtime } from './runtimes.js';
import type { Tarball } from './tarballs.js';

const DONE = 'every package did its work\n';

/** A project of somebody else's: an empty folder with nothing but the tarballs installed, and no network. */
export async function install(root: string, tarballs: readonly Tarball[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const argv = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await output('npm', [...argv, ...tarballs.map(({ path }) => path)], folder);
  const programs = join(root, 'packages', 'tooling', 'consumer');
  for (const file of readdirSync(programs)) copyFileSync(join(programs, file), join(folder, file));
}

/** Runs `import.mjs` or `require.cjs` there. @throws Error with what was printed instead */
export async function use(runtime: Runtime, script: string, folder: string): Promise<void> {
  const printed = await output(runtime.program, [...runtime.argv, script], folder);
  if (printed !== DONE) throw new Error(`it printed ${JSON.stringify(printed)}`);
}

/** Runs the one command that is shipped, as its README says. @throws Error with what was printed instead */
export async function useCommand(folder: string): Promise<void> {
  const printed = await output('npx', ['--offline', '@sokker/testkit', '--help'], folder);
  if (!printed.includes('npx @sokker/testkit [options]')) throw new Error(`it printed ${JSON.stringify(printed)}`);
}

/** Has TypeScript judge both kinds of module with nothing but the types that were shipped, and those of Node.js. */
export async function checkTypes(root: string, folder: string): Promise<void> {
  const types = join(folder, 'node_modules', '@types');
  mkdirSync(types);
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(types, 'node'));
  symlinkSync(join(root, 'node_modules', 'undici-types'), join(folder, 'node_modules', 'undici-types'));
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--types', 'node', '--target', 'es2022'];
  const argv = [...options, '--lib', 'es2023', '--module', 'nodenext', 'types.mts', 'types.cts'];
  await output(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...argv], folder);
}
