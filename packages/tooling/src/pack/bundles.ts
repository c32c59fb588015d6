import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { use } from './consumer.js';

/** Everything in one file for Node.js, which then runs without the packages beside it. */
export async function bundleForNode(folder: string, elsewhere: string): Promise<void> {
  const outfile = join(elsewhere, 'bundle.mjs');
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: [join(folder, 'import.mjs')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: { js: banner },
    logLevel: 'silent',
  });
  await use({ name: 'Node.js', program: process.execPath, argv: [] }, outfile, elsewhere);
}

/** What a browser has and a bare context of node:vm has not. */
const WEB_GLOBALS = [
  'ReadableStream',
  'TransformStream',
  'WritableStream',
  'TextDecoder',
  'TextEncoder',
  'crypto',
  'queueMicrotask',
  'setTimeout',
] as const;

/** `@sokker/frame` and its Web Streams for a browser, run where only what browsers have is there. @throws Error */
export async function bundleForBrowser(root: string, folder: string): Promise<void> {
  const shims = join(root, 'docs', '.vitepress', 'browser');
  const outfile = join(folder, 'browser.js');
  const { metafile } = await build({
    entryPoints: [join(folder, 'browser.mjs')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    alias: Object.fromEntries(['buffer', 'os', 'stream'].map((name) => [`node:${name}`, join(shims, `${name}.ts`)])),
    inject: [join(shims, 'globals.ts')],
    metafile: true,
    logLevel: 'silent',
  });
  const external = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  if (external.length > 0) throw new Error(`the bundle still imports ${external.join(', ')}`);
  const result = await runAsPage(readFileSync(outfile, 'utf8'));
  if (result !== 'every byte came through') throw new Error(`the page came to ${JSON.stringify(result)}`);
}

async function runAsPage(script: string): Promise<unknown> {
  const globals = Object.fromEntries(WEB_GLOBALS.map((name) => [name, globalThis[name]]));
  const context = createContext({ ...globals, Uint8Array, ArrayBuffer });
  await (runInContext(`(async () => { ${script} })()`, context) as Promise<void>);
  return (context as { result?: unknown }).result;
}
