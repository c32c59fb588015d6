/** `npm run bench`: from the command line to docs/performance.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_ROWS, Bench, type Folders } from './bench.js';
import { describeCommit, describeMachine, describeVersions } from './machine.js';
import { parseOptions, USAGE, type BenchOptions } from './options.js';
import { choosePlacement } from './placement.js';
import { Progress } from './progress.js';
import { drawChart } from './report/chart.js';
import { generatedPart, replaceGenerated, type Wanted } from './report/document.js';
import { droppedRows, loadReport, mergeReport, subjectFailed, type Sitting } from './report/store.js';
import { terminalRow } from './report/terminal.js';
import type { RowResult } from './results.js';

const INTERRUPTED = 130;
const WANTED = ALL_ROWS.map((row): Wanted => ({ section: 'server', ...row }));

/** @returns the names of rows that this takes from the page */
function writeDocuments(folder: string, fresh: Sitting): string[] {
  const [json, page, chart] = ['json', 'md', 'svg'].map((end) => join(folder, `performance.${end}`)) as [
    string,
    string,
    string,
  ];
  const old = loadReport(json);
  const order = WANTED.map(({ id }) => id);
  const report = mergeReport(old, fresh, order);
  const written = existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  const text = replaceGenerated(written, generatedPart(report, WANTED));
  writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(page, text);
  writeFileSync(chart, drawChart(report.flatMap(({ rows }) => rows)));
  return droppedRows(old, report);
}

/** Writes each row as it comes: a run may take an hour, and is not lost where it is interrupted. */
async function measure(options: BenchOptions, folders: Folders): Promise<Sitting> {
  const placement = choosePlacement();
  const progress = new Progress(process.stderr);
  const bench = new Bench(options, folders, placement, progress);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      bench.stop();
      process.exit(INTERRUPTED);
    });
  }
  const setting = { machine: describeMachine(placement.description), versions: describeVersions(folders.root) };
  // Before the first row: a commit that is made meanwhile is not what is measured.
  const commit = describeCommit(folders.root);
  const rows: RowResult[] = [];
  try {
    await bench.run((result) => {
      const row = commit === undefined ? result : { ...result, commit };
      rows.push(row);
      progress.note(terminalRow(row));
      if (!options.writes) return;
      const dropped = writeDocuments(join(folders.root, 'docs'), { ...setting, rows: [row] });
      if (dropped.length > 0)
        progress.note(`Taken from the page, being of another setting or no longer measured: ${dropped.join(', ')}`);
    });
    return { ...setting, rows };
  } finally {
    bench.stop();
  }
}

export async function main(args: readonly string[], folders: Folders): Promise<void> {
  const options = parseOptions(args);
  if (options.help) return void process.stdout.write(USAGE);
  if (options.list) return void process.stdout.write(`${ALL_ROWS.map(({ id }) => id).join('\n')}\n`);
  const report = await measure(options, folders);
  if (report.rows.some(subjectFailed)) process.exitCode = 1;
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
}
