/* The public surface: what each entry exports, held against a committed list, so that no name comes or goes unseen. */
import ts from 'typescript';
import type { Findings, Gate, GateContext } from '../gate.js';
import { readJson, roomsOf, type Tree } from '../tree.js';

const LIST = 'packages/tooling/exports.json';

interface EntrySurface {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** package → subpath → its names, or the target of a subpath that is no code. */
type Surface = Record<string, Record<string, EntrySurface | string>>;

export const exportsGate: Gate = {
  name: 'exports',
  promise: `index.ts holds named re-exports only, and the public names are those of ${LIST}`,
  check({ tree, update }: GateContext): Findings {
    const failures: string[] = [];
    const surface: Surface = {};
    for (const room of roomsOf(tree)) {
      const manifest = readJson(tree, `packages/${room}/package.json`);
      if (manifest.private !== true) surface[String(manifest.name)] = entriesOf(tree, room, manifest, failures);
    }
    if (update) tree.write(LIST, `${JSON.stringify(surface, undefined, 2)}\n`);
    const committed = tree.has(LIST) ? (readJson(tree, LIST) as Surface) : {};
    failures.push(...differences(committed, surface));
    return { note: `${countNames(surface)} names of ${Object.keys(surface).length} packages`, failures };
  },
};

type Manifest = Readonly<Record<string, unknown>>;

function entriesOf(tree: Tree, room: string, manifest: Manifest, failures: string[]): Surface[string] {
  const entries: Surface[string] = {};
  const declared = Object(manifest.exports) as Record<string, string | { types?: string; default?: string }>;
  if (!('.' in declared)) failures.push(`packages/${room}/package.json: exports no '.'`);
  for (const [subpath, target] of Object.entries(declared)) {
    if (typeof target === 'string') {
      entries[subpath] = target;
      continue;
    }
    const source = sourceOf(room, target.default ?? '');
    if (!tree.has(source)) {
      failures.push(`packages/${room}/package.json: '${subpath}' would be ${source}, which does not exist`);
    } else {
      entries[subpath] = surfaceOf(tree.read(source), (fault) => failures.push(`${source}: ${fault}`));
    }
  }
  return entries;
}

/** `./dist/web/index.js` is built from `src/web/index.ts`. */
function sourceOf(room: string, target: string): string {
  return `packages/${room}/${target.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')}`;
}

/** The names an index exports; everything that is not a named re-export is a fault. */
export function surfaceOf(text: string, fault: (text: string) => void): EntrySurface {
  const values: string[] = [];
  const types: string[] = [];
  const source = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest, true);
  for (const statement of source.statements) {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (clause === undefined || !ts.isNamedExports(clause)) {
      fault(`'${firstLine(statement)}': only named re-exports belong here`);
      continue;
    }
    for (const { name, isTypeOnly } of clause.elements) {
      if (isTypeOnly) fault(`'type ${name.text}': types have an 'export type' of their own`);
      (isTypeOnly || isTypeExport(statement) ? types : values).push(name.text);
    }
  }
  return { values: values.sort(), types: types.sort() };
}

function isTypeExport(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.isTypeOnly;
}

function firstLine(node: ts.Node): string {
  return node.getText().split('\n')[0] ?? '';
}

function differences(committed: Surface, surface: Surface): string[] {
  const before = new Set(flatten(committed));
  const now = new Set(flatten(surface));
  return [
    ...[...now].filter((name) => !before.has(name)).map((name) => `${name} is not in the list (--update writes it)`),
    ...[...before].filter((name) => !now.has(name)).map((name) => `${name} is in the list and exported no more`),
  ];
}

function flatten(surface: Surface): string[] {
  return Object.entries(surface).flatMap(([name, entries]) =>
    Object.entries(entries).flatMap(([subpath, entry]) => {
      const place = subpath === '.' ? name : `${name}${subpath.slice(1)}`;
      if (typeof entry === 'string') return [`${place} → ${entry}`];
      return [
        place,
        ...entry.values.map((value) => `${place}: ${value}`),
        ...entry.types.map((type) => `${place}: type ${type}`),
      ];
    }),
  );
}

function countNames(surface: Surface): number {
  return flatten(surface).filter((line) => line.includes(': ')).length;
}
