/* The arrows of the house: imports, package.json and tsconfig.json must all tell the same story as rooms.ts. */
import { posix } from 'node:path';
import type { Findings, Gate, GateContext } from '../gate.js';
import { importsOf } from '../imports.js';
import { bannedModules, type Room, ROOMS } from '../rooms.js';
import { readJson, roomsOf, sourcesOf, type Tree } from '../tree.js';

const SCOPE = '@sokker/';
const FOREIGN_FIELDS = ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies'] as const;

export const layers: Gate = {
  name: 'layers',
  promise: 'imports, dependencies and tsconfig references follow the arrows; the core does no I/O and needs nothing',
  check({ tree }: GateContext): Findings {
    const rooms = roomsOf(tree);
    const failures = rooms.flatMap((name) => {
      const room = ROOMS[name];
      if (room === undefined) return [`packages/${name}: not in the table of packages/tooling/src/rooms.ts`];
      return [...importFailures(tree, name, room), ...manifestFailures(tree, name, room)];
    });
    const arrows = rooms.reduce((sum, name) => sum + (ROOMS[name]?.arrows.length ?? 0), 0);
    return { note: `${rooms.length} packages, ${arrows} arrows`, failures };
  },
};

function importFailures(tree: Tree, name: string, room: Room): string[] {
  return sourcesOf(tree, name).flatMap((path) =>
    importsOf(tree.read(path)).flatMap(({ specifier, line }) => {
      const fault = importFault(tree, { path, name, room, specifier });
      return fault === undefined ? [] : [`${path}:${line}: ${fault}`];
    }),
  );
}

interface ImportSite {
  readonly path: string;
  readonly name: string;
  readonly room: Room;
  readonly specifier: string;
}

function importFault(tree: Tree, { path, name, room, specifier }: ImportSite): string | undefined {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier);
    // Data that is published beside the code may be imported; nothing else lies outside of src.
    const home = target.endsWith('.json') ? `packages/${name}/` : `packages/${name}/src/`;
    return target.startsWith(home) ? undefined : `'${specifier}' leaves ${home}`;
  }
  if (specifier.startsWith('node:')) {
    const banned = bannedModules(room.world).includes(specifier.slice('node:'.length));
    return banned ? `${name} may not import '${specifier}' (rooms.ts: world '${room.world}')` : undefined;
  }
  if (specifier.startsWith(SCOPE)) return arrowFault(tree, name, room, specifier);
  return room.foreign ? undefined : `'${specifier}' is from outside; built-in modules are written 'node:…'`;
}

function arrowFault(tree: Tree, name: string, room: Room, specifier: string): string | undefined {
  const [target = '', ...rest] = specifier.slice(SCOPE.length).split('/');
  if (!room.arrows.includes(target)) return `no arrow leads from ${name} to ${target}`;
  const subpath = ['.', ...rest].join('/');
  const exported = readJson(tree, `packages/${target}/package.json`).exports;
  return subpath in Object(exported) ? undefined : `${SCOPE}${target} does not export '${subpath}'`;
}

function manifestFailures(tree: Tree, name: string, room: Room): string[] {
  const path = `packages/${name}/package.json`;
  const manifest = readJson(tree, path);
  const needs = FOREIGN_FIELDS.flatMap((field) => Object.keys(manifest[field] ?? {}));
  const inside = needs.filter((need) => need.startsWith(SCOPE)).map((need) => need.slice(SCOPE.length));
  const imported = importedRooms(tree, name);
  // The private rooms live on the devDependencies of the root, and on the links that npm makes between workspaces.
  if (room.foreign) return referenceFailures(tree, name, imported);
  const outside = needs.filter((need) => !need.startsWith(SCOPE));
  return [
    ...outside.map((need) => `${path}: depends on '${need}'; this package has no runtime dependency`),
    ...without(inside, room.arrows).map((to) => `${path}: no arrow leads from ${name} to ${to}`),
    // An import without an arrow is already a failure where it stands.
    ...without(
      imported.filter((to) => room.arrows.includes(to)),
      inside,
    ).map((to) => `${path}: src imports ${SCOPE}${to}, which is not a dependency`),
    // An empty room may declare its arrows before it has code.
    ...(imported.length > 0 ? without(inside, imported) : []).map((to) => `${path}: src never imports ${SCOPE}${to}`),
    ...referenceFailures(tree, name, inside),
  ];
}

function importedRooms(tree: Tree, name: string): string[] {
  const specifiers = sourcesOf(tree, name).flatMap((path) => importsOf(tree.read(path)));
  const scoped = specifiers.filter(({ specifier }) => specifier.startsWith(SCOPE));
  return [...new Set(scoped.map(({ specifier }) => specifier.slice(SCOPE.length).split('/')[0] ?? ''))];
}

function referenceFailures(tree: Tree, name: string, dependencies: readonly string[]): string[] {
  const path = `packages/${name}/tsconfig.json`;
  if (!tree.has(path)) return [`${path}: is missing`];
  const references = (readJson(tree, path).references ?? []) as readonly { readonly path: string }[];
  const referenced = references.map((reference) => posix.basename(reference.path));
  return [
    ...without(dependencies, referenced).map((to) => `${path}: lacks the reference to ../${to} it needs`),
    ...without(referenced, dependencies).map((to) => `${path}: refers to ../${to}, which it does not need`),
  ];
}

function without(names: readonly string[], known: readonly string[]): string[] {
  return names.filter((name) => !known.includes(name));
}
