/** Where it was measured, and what. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Machine } from './report/store.js';

const GIB = 2 ** 30;

export function describeMachine(placement: string): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'an unknown processor',
    processors: processors.length,
    memoryGiB: Math.round(totalmem() / GIB),
    system: `${type()} ${release().split('-')[0]}`,
    placement,
  };
}

function packageVersion(folder: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return 'missing';
  }
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** The commit of what is measured, with "+" where files beside `docs`, which the bench itself writes, have changed. */
export function describeCommit(rootFolder: string): string | undefined {
  try {
    const changes = git(rootFolder, 'status', '--porcelain', '--', '.', ':!docs');
    return git(rootFolder, 'rev-parse', '--short', 'HEAD') + (changes === '' ? '' : '+');
  } catch {
    return undefined;
  }
}

export function describeVersions(rootFolder: string): Record<string, string> {
  const modules = join(rootFolder, 'node_modules');
  return {
    'Node.js': process.versions.node,
    Sokker: packageVersion(join(rootFolder, 'packages', 'server')),
    ws: packageVersion(join(modules, 'ws')),
    bufferutil: packageVersion(join(modules, 'bufferutil')),
    Bun: packageVersion(join(modules, 'bun')),
  };
}
