import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository as the gates see it: files by their path from the root, with forward slashes. */
export interface Tree {
  /** Sorted; what git tracks or would track, so that a new file is judged before it is added. */
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

  /** @throws Error when `root` is not inside a git checkout. */
  constructor(root: string) {
    this.root = root;
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const paths = new Set(listed.split('\0').filter((path) => path !== ''));
    // The index still lists a file that was deleted and not yet committed.
    this.files = [...paths].filter((path) => existsSync(join(root, path))).sort();
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
