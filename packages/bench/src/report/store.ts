/** docs/performance.json: what the page is drawn from, so that a few rows can be measured anew and the rest kept. */
import { existsSync, readFileSync } from 'node:fs';
import type { RowResult } from '../results.js';

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly placement: string;
}

export interface Report {
  readonly machine: Machine;
  /** Name and version of everything measured. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

export function loadReport(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}

/**
 * The report with new rows in place of old ones of the same name, in the order of `order`. Rows from another machine
 * or of other versions are not comparable: they go.
 */
export function mergeReport(old: Report | undefined, fresh: Report, order: readonly string[]): Report {
  const comparable =
    old !== undefined &&
    JSON.stringify([old.machine, old.versions]) === JSON.stringify([fresh.machine, fresh.versions]);
  const kept = comparable ? old.rows.filter(({ id }) => !fresh.rows.some((row) => row.id === id)) : [];
  const rows = [...kept, ...fresh.rows].filter(({ id }) => order.includes(id));
  rows.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return { ...fresh, rows };
}
