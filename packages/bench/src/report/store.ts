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

export const SECTIONS = ['server', 'decode', 'encode'] as const;

export function loadReport(file: string): Report {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : [];
}

/** Whether the subject was not measured, or not in every round: such a row says too little to be written down. */
export function subjectFailed({ subject, standings, missing }: RowResult): boolean {
  const standing = standings.find(({ name }) => name === subject);
  return standing === undefined || missing.some(({ label }) => label === standing.label);
}

/**
 * The report with new rows in place of old ones of the same name, in the order of `order`. Rows from another machine
 * or of other versions are not comparable: they go from the sections that have new ones. A row whose subject failed
 * leaves the old one in its place.
 */
export function mergeReport(old: Report, fresh: Sitting, order: readonly string[]): Report {
  const inOrder = (rows: readonly RowResult[]): RowResult[] =>
    rows.filter(({ id }) => order.includes(id)).sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return SECTIONS.flatMap((section): SectionReport[] => {
    const before = old.find((each) => each.section === section);
    const rows = fresh.rows.filter((row) => row.section === section && !subjectFailed(row));
    if (rows.length === 0) return before === undefined ? [] : [{ ...before, rows: inOrder(before.rows) }];
    const all = before !== undefined && isComparable(before, fresh) ? before.rows : [];
    const kept = all.filter(({ id }) => !rows.some((row) => row.id === id));
    const { machine, versions } = fresh;
    return [{ section, machine, versions, rows: inOrder([...kept, ...rows]) }];
  });
}

/** Names of the rows that `merged` lacks: of another machine, of other versions, or no longer rows at all. */
export function droppedRows(old: Report, merged: Report): string[] {
  const kept = new Set(merged.flatMap(({ rows }) => rows.map(({ id }) => id)));
  return old.flatMap(({ rows }) => rows.map(({ id }) => id)).filter((id) => !kept.has(id));
}

function isComparable(before: Sitting, fresh: Sitting): boolean {
  const settings = [before, fresh].map(({ machine, versions }) => JSON.stringify([machine, versions]));
  return settings[0] === settings[1];
}
