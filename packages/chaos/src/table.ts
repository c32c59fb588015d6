/** The table that a run prints. */
import type { Row } from './verdict.js';

const HEAD = ['fault', 'asserted', 'figure', 'bound', 'counter', 'verdict'] as const;

export function printTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [row.fault, row.asserted, row.figure, row.bound, row.counter, verdictOf(row)]);
  const all = [[...HEAD], ...lines];
  const widths = HEAD.map((_, column) => Math.max(...all.map((line) => (line[column] ?? '').length)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[draw(all[0] ?? []), rule, ...all.slice(1).map(draw)].join('\n')}\n`;
}

function verdictOf({ ok }: Row): string {
  return ok ? 'holds' : 'FALLS SHORT';
}
