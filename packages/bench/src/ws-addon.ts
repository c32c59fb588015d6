/**
 * Whether `ws` masks with its native add-on. It takes whatever bufferutil exports, which without a native binding for this
 * machine is JavaScript, and nobody says so.
 */
import { createRequire } from 'node:module';

/** @throws Error unless `mask` is a function in native code */
export function checkNative(mask: unknown): void {
  if (typeof mask === 'function' && Function.prototype.toString.call(mask).includes('[native code]')) return;
  throw new Error('`ws` would run without its add-on: bufferutil was not loaded, or has no native binding here');
}

/**
 * Looks at what `ws`, imported before, has loaded.
 * @param url of a module that finds the same bufferutil
 * @throws Error unless it is there and native
 */
export function checkAddon(url: string): void {
  const require = createRequire(url);
  const exports = require.cache[require.resolve('bufferutil')]?.exports as { readonly mask?: unknown } | undefined;
  checkNative(exports?.mask);
}
