/* `npm run test:packages`: builds and packs every public package as it would be published, installs the tarballs into an empty
 * folder, and uses them there on every supported runtime. Prints a table; exit status 1 when anything failed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskTree } from '../tree.js';
import { bundleForBrowser, bundleForNode } from './bundles.js';
import { type Check, check, tableOf } from './check.js';
import { checkTypes, install, use, useCommand } from './consumer.js';
import { output } from './program.js';
import { findRuntimes } from './runtimes.js';
import { contentFaults, pack, publicRooms, sweep, type Tarball } from './tarballs.js';

async function main(root: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sokker-packages-'));
  try {
    const checks = await checkAll(root, folder);
    console.log(tableOf(checks));
    return checks.every(({ failure }) => failure === undefined) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkAll(root: string, folder: string): Promise<Check[]> {
  const tree = new DiskTree(root);
  const rooms = publicRooms(tree);
  await build(root, rooms);
  const tarballs: Tarball[] = [];
  for (const room of rooms) {
    sweep(tree, room);
    tarballs.push(await pack(tree, room, join(folder, 'tarballs')));
  }
  const project = join(folder, 'project');
  const checks = [...(await checkTarballs(tree, tarballs))];
  checks.push(await check('install', `${tarballs.length} tarballs, offline`, () => install(root, tarballs, project)));
  for (const runtime of await findRuntimes(root)) {
    checks.push(await check('import', runtime.name, () => use(runtime, 'import.mjs', project)));
    checks.push(await check('require', runtime.name, () => use(runtime, 'require.cjs', project)));
  }
  checks.push(await check('command', 'npx @sokker/testkit', () => useCommand(project)));
  checks.push(await check('types', 'module nodenext, .mts and .cts', () => checkTypes(root, project)));
  checks.push(await check('bundle', 'all for Node.js', () => bundleForNode(project, folder)));
  checks.push(await check('bundle', '@sokker/frame for browsers', () => bundleForBrowser(root, project)));
  return checks;
}

async function build(root: string, rooms: readonly string[]): Promise<void> {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await output(process.execPath, [tsc, '-b', ...rooms.map((room) => `packages/${room}`)], root);
}

async function checkTarballs(tree: DiskTree, tarballs: readonly Tarball[]): Promise<Check[]> {
  const bin = join(tree.root, 'node_modules', '.bin');
  const run = async (program: string, argv: readonly string[]): Promise<void> => {
    await output(program, argv, tree.root);
  };
  const checks: Check[] = [];
  for (const tarball of tarballs) {
    const { name, path, bytes } = tarball;
    const subject = `${name}, ${(bytes / 1024).toFixed(0)} KiB`;
    checks.push(await check('contents', subject, () => refuse(contentFaults(tree, tarball))));
    const publint = ['run', path, '--strict'];
    checks.push(await check('publint', name, () => run(join(bin, 'publint'), publint)));
    // ESM only: CommonJS reaches the packages through require(esm), which the strict profile counts as a fault.
    const attw = [
      path,
      '--profile',
      'esm-only',
      '--no-definitely-typed',
      '--no-emoji',
      '--exclude-entrypoints',
      ...JSON_FILES,
    ];
    checks.push(await check('attw', name, () => run(join(bin, 'attw'), attw)));
  }
  return checks;
}

/** Data is not typed code. */
const JSON_FILES = ['./fixtures/*.json'];

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

main(process.cwd()).then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
