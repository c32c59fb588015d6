/**
 * Writes fixtures/*.json, or with `--check` says whether they are what would be written:
 * `node --import tsx packages/testkit/generate/main.ts [--check]`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from './families.js';
import { serialise } from './serialise.js';

const folder = join(import.meta.dirname, '..', 'fixtures');
const check = process.argv.includes('--check');
let stale = 0;
let total = 0;

for (const family of families()) {
  const file = join(folder, `${family.family}.json`);
  const written = serialise(family);
  total += family.fixtures.length;
  console.log(`${family.letter} ${family.family.padEnd(16)} ${family.fixtures.length}`);
  if (!check) writeFileSync(file, written);
  else if (contentOf(file) !== written) {
    stale++;
    console.error(`${file} is not what the generator writes: run it without --check`);
  }
}
console.log(`${total} fixtures`);
process.exitCode = stale === 0 ? 0 : 1;

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
