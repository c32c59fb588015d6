import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target } from './target.js';

/** Our targets, or those that a module exports as `targets`. */
export async function loadTargets(module: string | undefined): Promise<readonly Target[]> {
  // Not above: a worker that takes another module's would load all of ours first.
  if (module === undefined) return (await import('./targets/index.js')).targets;
  const loaded = (await import(pathToFileURL(resolve(module)).href)) as { readonly targets?: readonly Target[] };
  if (!Array.isArray(loaded.targets)) throw new Error(`${module} does not export 'targets'`);
  return loaded.targets as readonly Target[];
}
