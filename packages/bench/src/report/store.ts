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

/** What was measured on one machine, of the same versions: only such rows are comparable. */
export interface Sitting {
  readonly machine: Machine;
  /** Name and version of everything measured. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

/** One section of the page; another may be of another machine. */
export interface SectionReport extends Sitting {
  readonly section: RowResult['section'];
}

export type Report = readonly SectionReport[];

const SECTIONS = ['server', 'decode', 'encode'] as const;

export function loadReport(file: string): Report {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : [];
}

/**
 * The report with new rows in place of old ones of the same name, in the order of `order`. Rows from another machine
 * or of other versions are not comparable: they go from the sections that have new ones.
 */
export function mergeReport(old: Report, fresh: Sitting, order: readonly string[]): Report {
  const inOrder = (rows: readonly RowResult[]): RowResult[] =>
    rows.filter(({ id }) => order.includes(id)).sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return SECTIONS.flatMap((section): SectionReport[] => {
    const before = old.find((each) => each.section === section);
    const rows = fresh.rows.filter((row) => row.section === section);
    if (rows.length === 0) return before === undefined ? [] : [{ ...before, rows: inOrder(before.rows) }];
    const all = before !== undefined && isComparable(before, fresh) ? before.rows : [];
    const kept = all.filter(({ id }) => !rows.some((row) => row.id === id));
    const { machine, versions } = fresh;
    return [{ section, machine, versions, rows: inOrder([...kept, ...rows]) }];
  });
}

function isComparable(before: Sitting, fresh: Sitting): boolean {
  const settings = [before, fresh].map(({ machine, versions }) => JSON.stringify([machine, versions]));
  return settings[0] === settings[1];
}
