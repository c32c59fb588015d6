// The binaries of other runtimes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './example-process.js';

export interface Runtime {
  readonly path: string;
  remove(): void;
}

/** A Node that has a WebSocket of its own: this one, or version 22 from npm, installed apart from the repository. */
export function nodeWithWebSocket(): Runtime {
  if (Number(process.versions.node.split('.')[0]) >= 22) return { path: process.execPath, remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'sokker-node-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const how = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
    execFileSync('npm', ['install', ...how, `${name}@22`], { stdio: 'pipe' });
  } catch (error) {
    remove();
    throw error;
  }
  return { path: join(folder, 'node_modules', name, 'bin/node'), remove };
}

/** A runtime among the development dependencies. */
export function installed(name: 'bun' | 'deno'): string {
  return join(ROOT, 'node_modules/.bin', name);
}
