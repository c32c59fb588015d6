import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
}

/**
 * Makes JavaScript of the packages and of the program that runs a page: to load the sources would take the process of
 * each page four times as long.
 * @param folder gets `main.js`, and the packages by their names; inside the repository, where blocks find all others
 */
export async function bundlePackages(root: string, folder: string): Promise<void> {
  const entryPoints: Record<string, string> = { main: join(root, 'packages/tooling/src/blocks/main.ts') };
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name);
    const to = join('node_modules/@sokker', name);
    const { exports } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Manifest;
    if (exports === undefined) continue;
    mkdirSync(join(folder, to), { recursive: true });
    copyFileSync(join(from, 'package.json'), join(folder, to, 'package.json'));
    for (const target of Object.values(exports)) {
      const [, module] = /^\.\/dist\/(.+)\.js$/.exec(typeof target === 'string' ? target : target.default) ?? [];
      if (module !== undefined) entryPoints[join(to, 'dist', module)] = join(from, 'src', `${module}.ts`);
    }
  }
  const tsconfig = join(root, 'tsconfig.json');
  await build({
    entryPoints,
    outdir: folder,
    tsconfig,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
  });
}
