/** `npm run bench`: from the command line to docs/performance.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_ROWS, Bench, type Folders } from './bench.js';
import { describeCommit, describeMachine, describeVersions } from './machine.js';
import { parseOptions, USAGE, type BenchOptions } from './options.js';
import { choosePlacement } from './placement.js';
import { Progress } from './progress.js';
import { drawChart } from './report/chart.js';
import { generatedPart, replaceGenerated } from './report/document.js';
import { loadReport, mergeReport, type Sitting } from './report/store.js';
import { terminalRow } from './report/terminal.js';
import type { RowResult } from './results.js';

const INTERRUPTED = 130;

function writeDocuments(folder: string, fresh: Sitting): void {
  const [json, page, chart] = ['json', 'md', 'svg'].map((end) => join(folder, `performance.${end}`)) as [
    string,
    string,
    string,
  ];
  const report = mergeReport(
    loadReport(json),
    fresh,
    ALL_ROWS.map(({ id }) => id),
  );
  const written = existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  const text = replaceGenerated(written, generatedPart(report));
  writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(page, text);
  writeFileSync(chart, drawChart(report.flatMap(({ rows }) => rows)));
}

/** @param onRow told of each row as it comes: a run may take half an hour, and is not lost where it is interrupted */
async function measure(options: BenchOptions, folders: Folders, onRow: (report: Sitting) => void): Promise<Sitting> {
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
      onRow({ ...setting, rows: [row] });
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
  const report = await measure(options, folders, (fresh) => {
    if (!options.json && !options.quick) writeDocuments(join(folders.root, 'docs'), fresh);
  });
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
}
