// Every code block of the documentation and of the READMEs that can run is run here, from the sources.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackages } from '../../src/blocks/bundle.js';
import { blocksOf } from '../../src/blocks/page.js';
import { runPage } from '../../src/blocks/run-page.js';
import { DiskTree } from '../../src/tree.js';

const ROOT = join(__dirname, '../../../..');
const LANES = 2;
// Inside the repository, and git ignores it.
const bundle = join(ROOT, `docs/.vitepress/cache/blocks-${process.pid}`);

const tree = new DiskTree(ROOT);
const pages = tree.files
  .filter((path) => /^(?:docs\/.+|packages\/[^/]+\/README|README)\.md$/.test(path))
  // Some READMEs are run by a test of their own package, with what they need beside them.
  .filter((path) => !(path.endsWith('README.md') && tree.has(path.replace('README.md', 'test/readme.test.ts'))))
  .map((path) => ({ path, blocks: blocksOf(tree.read(path)) }))
  .filter(({ blocks }) => blocks.length > 0);
const faults = new Map<string, readonly string[]>();

beforeAll(async () => {
  await bundlePackages(ROOT, bundle);
  const waiting = [...pages];
  const lane = async (): Promise<void> => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      faults.set(page.path, await runPage(ROOT, bundle, page.path, page.blocks));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}, 150_000);
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

test.each(pages.map(({ path, blocks }) => [path, blocks.length] as const))('%s: %i blocks', (path) => {
  expect(faults.get(path)).toEqual([]);
});
