import ts from 'typescript';
import { roomsOf, sourcesOf, type Tree } from './tree.js';

export interface OptionInterface {
  readonly name: string;
  readonly path: string;
  /** With those of the interfaces it extends, from this package or another. */
  readonly keys: readonly string[];
}

interface Declaration {
  readonly path: string;
  readonly own: readonly string[];
  readonly bases: readonly string[];
}

/** The interfaces `…Options` that a package's index.ts files export: what a user of the package can be asked for. */
export function interfacesOf(tree: Tree, room: string): OptionInterface[] {
  const public_ = new Set(indexesOf(tree, room).flatMap((path) => exportedTypes(tree.read(path))));
  const all = declarationsOf(tree);
  const found: OptionInterface[] = [];
  for (const [name, { path }] of all) {
    if (path.startsWith(`packages/${room}/`) && public_.has(name)) found.push({ name, path, keys: keysOf(name, all) });
  }
  return found;
}

function indexesOf(tree: Tree, room: string): string[] {
  return sourcesOf(tree, room).filter((path) => path.endsWith('/index.ts'));
}

/** By the names that they have in the package. */
function exportedTypes(text: string): string[] {
  return parse(text).statements.flatMap((statement) => {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    return clause && ts.isNamedExports(clause)
      ? clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
      : [];
  });
}

function declarationsOf(tree: Tree): Map<string, Declaration> {
  const all = new Map<string, Declaration>();
  for (const path of roomsOf(tree).flatMap((room) => sourcesOf(tree, room))) {
    const text = tree.read(path);
    if (!text.includes('Options')) continue;
    for (const statement of parse(text).statements) {
      if (ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith('Options')) {
        all.set(statement.name.text, { path, own: memberNames(statement), bases: baseNames(statement) });
      }
    }
  }
  return all;
}

function keysOf(name: string, all: ReadonlyMap<string, Declaration>): string[] {
  const declaration = all.get(name);
  if (declaration === undefined) return [];
  return [...new Set([...declaration.bases.flatMap((base) => keysOf(base, all)), ...declaration.own])];
}

function memberNames(node: ts.InterfaceDeclaration): string[] {
  return node.members.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
}

function baseNames(node: ts.InterfaceDeclaration): string[] {
  const types = (node.heritageClauses ?? []).flatMap((clause) => [...clause.types]);
  return types.map((type) => type.expression.getText());
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
}
