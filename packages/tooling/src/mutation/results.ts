import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from './plan.js';

/** What became of one mutant. */
export interface Mutant {
  readonly mutator: string;
  readonly killed: boolean;
  /** Killed by the clock: its tests ran without end. */
  readonly endless: boolean;
  readonly line: number;
  /** The line of the source, and what its mutated part was and became. */
  readonly code: string;
  readonly original: string;
  readonly replacement: string;
}

export interface FileResult {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The parts that are read of a report in the mutation-testing-report-schema: lines and columns count from 1. */
export interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly mutatorName: string;
          readonly status: string;
          readonly replacement?: string;
          readonly location: { readonly start: Position; readonly end: Position };
        }[];
      }
    >
  >;
}

export function reportPath(source: string): string {
  return `reports/mutation/${source.replace(/\.ts$/, '.json')}`;
}

/** The kept results of the tasks, and the sources that have none, or that changed since. */
export function readResults(root: string, tasks: readonly Task[]): { results: FileResult[]; missing: string[] } {
  const results: FileResult[] = [];
  const missing: string[] = [];
  for (const { source } of tasks) {
    const path = join(root, reportPath(source));
    const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined;
    const current = readFileSync(join(root, source), 'utf8');
    // A source without a mutant is not in its report.
    if (report === undefined || (report.files[source]?.source ?? current) !== current) missing.push(source);
    else results.push(...resultsOf(report));
  }
  return { results, missing };
}

export function resultsOf({ files }: Report): FileResult[] {
  return Object.entries(files).map(([source, file]) => {
    const lines = file.source.split('\n');
    const valid = file.mutants.filter(({ status }) => VALID.includes(status));
    const mutants = valid.map(({ mutatorName, status, replacement = '', location: { start, end } }) => ({
      mutator: mutatorName,
      killed: KILLED.includes(status),
      endless: status === 'Timeout',
      line: start.line,
      code: (lines[start.line - 1] ?? '').trim(),
      original: between(lines, start, end),
      replacement,
    }));
    return { source, mutants: mutants.sort((a, b) => a.line - b.line) };
  });
}

/** A test that no longer ends has noticed as much as one that fails. */
const KILLED: readonly string[] = ['Killed', 'Timeout'];
/** Not: a mutant that could not be loaded, or that the configuration leaves out. */
const VALID: readonly string[] = [...KILLED, 'Survived', 'NoCoverage'];

function between(lines: readonly string[], start: Position, end: Position): string {
  const cut = lines.slice(start.line - 1, end.line);
  if (cut.length === 0) return '';
  cut[cut.length - 1] = cut.at(-1)?.slice(0, end.column - 1) ?? '';
  cut[0] = cut[0]?.slice(start.column - 1) ?? '';
  return cut.join('\n');
}

/** @returns also as text: `93.1 % (27 of 29)`; 100 % where there is none */
export function scoreOf(mutants: readonly Mutant[]): { readonly killed: number; readonly text: string } {
  const killed = mutants.filter((mutant) => mutant.killed).length;
  const percent = mutants.length === 0 ? 100 : (100 * killed) / mutants.length;
  return { killed, text: `${percent.toFixed(1)} % (${killed} of ${mutants.length})` };
}
