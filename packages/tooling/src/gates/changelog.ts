import type { Findings, Gate, GateContext } from '../gate.js';
import { readJson, roomsOf, type Tree } from '../tree.js';

const SCOPE = '@sokker/';

export const changelog: Gate = {
  name: 'changelog',
  promise: 'one version for all packages, CHANGELOG.md speaks of it, the lockfile is whole and names no host',
  check({ tree }: GateContext): Findings {
    const version = String(readJson(tree, 'package.json').version);
    return {
      note: `version ${version}`,
      failures: [
        ...changelogFailures(tree, version),
        ...roomsOf(tree).flatMap((room) => versionFailures(tree, `packages/${room}/package.json`, version)),
        ...lockfileFailures(tree, version),
      ],
    };
  },
};

function changelogFailures(tree: Tree, version: string): string[] {
  if (!tree.has('CHANGELOG.md')) return ['CHANGELOG.md: is missing'];
  const first = tree
    .read('CHANGELOG.md')
    .split('\n')
    .find((line) => line.startsWith('## '));
  const named = first?.slice('## '.length).split(' ')[0];
  return named === version ? [] : [`CHANGELOG.md: begins with '${first ?? ''}', but the version is ${version}`];
}

function versionFailures(tree: Tree, path: string, version: string): string[] {
  const manifest = readJson(tree, path);
  const own = manifest.version === version ? [] : [`${path}: version ${String(manifest.version)}, not ${version}`];
  const dependencies = Object.entries(Object(manifest.dependencies) as Record<string, string>);
  const stray = dependencies.filter(([name, range]) => name.startsWith(SCOPE) && range !== version);
  return [...own, ...stray.map(([name, range]) => `${path}: needs ${name} ${range}, not ${version}`)];
}

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * An address in the lockfile ties every clone to the host that one machine happened to use; a package for another
 * platform that has no entry makes `npm ci` refuse the whole.
 */
function lockfileFailures(tree: Tree, version: string): string[] {
  const path = 'package-lock.json';
  if (!tree.has(path)) return [`${path}: is missing`];
  const lock = readJson(tree, path);
  const entries = Object.entries((lock.packages ?? {}) as Record<string, LockEntry>);
  const present = new Set(entries.map(([place]) => place.slice(place.lastIndexOf('node_modules/'))));
  const addressed = entries.filter(([, { resolved }]) => resolved?.includes('://'));
  const wanted = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
  const absent = wanted.filter((name) => !present.has(`node_modules/${name}`));
  return [
    ...(lock.version === version ? [] : [`${path}: version ${String(lock.version)}, not ${version}`]),
    ...addressed.map(([name, { resolved = '' }]) => `${path}: ${name} is tied to ${new URL(resolved).host}`),
    ...absent.map((name) => `${path}: has no entry for ${name}, without which npm ci fails`),
  ];
}
