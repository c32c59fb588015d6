/* `npm run check:security [-- --report FILE]`: every test that SECURITY.md names ran and passed. With the report of a
 * whole run (jest --json) that is read, otherwise the files it names are run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeIn } from './command.js';
import { readNamedTests, unprovenTests, type JestReport } from './named-tests.js';

const JEST = 'node_modules/jest/bin/jest.js';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { report: { type: 'string' } } });
  const { tests } = readNamedTests(readFileSync('SECURITY.md', 'utf8'));
  const report = values.report === undefined ? await run(tests.map(({ path }) => path)) : read(values.report);
  const failures = unprovenTests(tests, report);
  for (const failure of failures) console.error(failure);
  console.log(`${tests.length} tests that SECURITY.md names, ${failures.length} of them not proven`);
  return failures.length === 0 ? 0 : 1;
}

async function run(paths: readonly string[]): Promise<JestReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sokker-security-'));
  try {
    const file = join(folder, 'report.json');
    await nodeIn(process.cwd())([JEST, '--json', `--outputFile=${file}`, ...new Set(paths)]);
    return read(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): JestReport {
  return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
}

process.exitCode = await main();
