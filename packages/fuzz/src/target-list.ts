import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target } from './target.js';
import { targets } from './targets/index.js';

/** Our targets, or those that a module exports as `targets`. */
export async function loadTargets(module: string | undefined): Promise<readonly Target[]> {
  if (module === undefined) return targets;
  const loaded = (await import(pathToFileURL(resolve(module)).href)) as { readonly targets?: readonly Target[] };
  if (!Array.isArray(loaded.targets)) throw new Error(`${module} does not export 'targets'`);
  return loaded.targets as readonly Target[];
}
