import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';

/** The repository as the gates see it: files by their path from the root, with forward slashes. */
export interface Tree {
  /** Sorted; all that the root's `.gitignore` does not name, so that a new file is judged before it is added. */
  readonly files: readonly string[];
  has(path: string): boolean;
  read(path: string): string;
  write(path: string, text: string): void;
}

/** A tree on disk. Reads each file once: several gates look at the same sources. */
export class DiskTree implements Tree {
  readonly root: string;
  readonly files: readonly string[];
  readonly #texts = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
    this.files = filesUnder(root);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(this.root, path), 'utf8');
    this.#texts.set(path, text);
    return text;
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
    this.#texts.set(path, text);
  }
}

/** Without asking git: a copy of the sources need not be a checkout. */
function filesUnder(root: string): string[] {
  const rules = join(root, '.gitignore');
  const ignored = ignore({ ignorecase: false }).add('.git');
  if (existsSync(rules)) ignored.add(readFileSync(rules, 'utf8'));
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory() && !ignored.ignores(`${path}/`)) folders.push(`${path}/`);
      else if (entry.isFile() && !ignored.ignores(path)) files.push(path);
    }
  }
  return files.sort();
}

/** A JSON file of the tree as a plain object. @throws SyntaxError when it is not JSON. */
export function readJson(tree: Tree, path: string): Readonly<Record<string, unknown>> {
  return JSON.parse(tree.read(path)) as Readonly<Record<string, unknown>>;
}

/** The TypeScript sources of the packages: `packages/<room>/src/**`. */
export function sourcesOf(tree: Tree, room: string): string[] {
  return tree.files.filter((path) => path.startsWith(`packages/${room}/src/`) && path.endsWith('.ts'));
}

/** The rooms that exist: folders of `packages` with a package.json. */
export function roomsOf(tree: Tree): string[] {
  const rooms: string[] = [];
  for (const path of tree.files) {
    const [packages, room, file, more] = path.split('/');
    if (packages === 'packages' && room !== undefined && file === 'package.json' && more === undefined)
      rooms.push(room);
  }
  return rooms;
}
