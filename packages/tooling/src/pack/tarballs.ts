import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type DiskTree, readJson, roomsOf, type Tree } from '../tree.js';
import { output } from './program.js';

/** A package as it would be published. */
export interface Tarball {
  /** With its scope. */
  readonly name: string;
  /** Its folder below `packages`. */
  readonly room: string;
  /** Where the .tgz lies. */
  readonly path: string;
  readonly bytes: number;
  /** What is in it, by path from its root. */
  readonly files: readonly string[];
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** The rooms that are published. */
export function publicRooms(tree: Tree): string[] {
  return roomsOf(tree).filter((room) => readJson(tree, `packages/${room}/package.json`).private !== true);
}

/** Takes out of `dist` what earlier sources left there: tsc never does. */
export function sweep(tree: Pick<DiskTree, 'root' | 'files'>, room: string): void {
  const dist = join(tree.root, 'packages', room, 'dist');
  const wanted = new Set(compiledFiles(tree, room));
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const file = `dist/${path.split(sep).join('/')}`;
    if (/\.(?:js|d\.ts)$/.test(file) && !wanted.has(file)) rmSync(join(dist, path));
  }
}

/** Packs a room into a folder, from what was built. */
export async function pack(tree: DiskTree, room: string, folder: string): Promise<Tarball> {
  mkdirSync(folder, { recursive: true });
  const source = join(tree.root, 'packages', room);
  const printed = await output('npm', ['pack', '--json', '--pack-destination', folder], source);
  const report = reportIn(printed);
  const name = String(readJson(tree, `packages/${room}/package.json`).name);
  const files = report.files.map(({ path }) => path).sort();
  return { name, room, path: join(folder, report.filename), bytes: report.size, files };
}

/** npm 11 prints an array, later ones an object by name. */
function reportIn(printed: string): PackReport {
  const parsed = JSON.parse(printed) as readonly PackReport[] | Readonly<Record<string, PackReport>>;
  const [report] = Object.values(parsed) as readonly (PackReport | undefined)[];
  if (report === undefined) throw new Error('npm pack reported no tarball');
  return report;
}

/**
 * What is wrong with what a tarball holds: beside the manifest, licence and README, every source of the room compiled
 * with its types, what the manifest lists besides, and nothing else.
 */
export function contentFaults(tree: Tree, { room, files }: Tarball): string[] {
  const beside = ['LICENSE', 'README.md', 'package.json'];
  const wanted = new Set([...beside, ...compiledFiles(tree, room), ...listedFiles(tree, room)]);
  const present = new Set(files);
  return [
    ...[...wanted].filter((path) => !present.has(path)).map((path) => `${path} is missing`),
    ...files.filter((path) => !wanted.has(path)).map((path) => `${path} does not belong there`),
  ];
}

function compiledFiles(tree: Pick<Tree, 'files'>, room: string): string[] {
  const sources = tree.files.filter((path) => path.startsWith(`packages/${room}/src/`) && !path.endsWith('.d.ts'));
  return sources.flatMap((path) => {
    const base = path.slice(`packages/${room}/src/`.length, -'.ts'.length);
    return [`dist/${base}.js`, `dist/${base}.d.ts`];
  });
}

/** Folders other than dist that the manifest ships as they are. */
function listedFiles(tree: Tree, room: string): string[] {
  const listed = readJson(tree, `packages/${room}/package.json`).files as readonly string[];
  const folders = listed.filter((entry) => entry !== 'dist' && !entry.startsWith('!'));
  return folders.flatMap((folder) => {
    const prefix = `packages/${room}/${folder}/`;
    return tree.files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(`packages/${room}/`.length));
  });
}
