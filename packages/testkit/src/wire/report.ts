/** What the command prints: a table in the end, or a line of JSON for each result, and how far it is on a terminal. */
import type { WireResult } from './result.js';
import { differences, summary } from './summary.js';

export interface ReportOptions {
  /** A line of JSON for each result, and no table. */
  readonly json?: boolean | undefined;
  /** What is merely late is no difference. */
  readonly late?: boolean | undefined;
}

export class Report {
  readonly #options: ReportOptions;
  readonly #results: WireResult[] = [];

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** How many were run. */
  get ran(): number {
    return this.#results.filter(({ pending }) => pending === undefined).length;
  }

  get differing(): number {
    return this.#results.filter(({ findings }) => findings.length > 0).length;
  }

  add(result: WireResult): void {
    const isLenient = this.#options.late === true;
    const findings = result.findings.filter(({ deviation }) => !isLenient || deviation !== 'late');
    this.#results.push({ ...result, findings });
    if (this.#options.json === true) console.log(lineOf({ ...result, findings }));
    else if (process.stderr.isTTY)
      process.stderr.write(`\r${this.#results.length} fixtures, ${this.differing} differ `);
  }

  end(): void {
    if (this.#options.json === true || this.#results.length === 0) return;
    // Over the line that said how far it was.
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    for (const line of [...differences(this.#results), ...summary(this.#results)]) console.log(line);
  }
}

function lineOf({ fixture, pending, findings }: WireResult): string {
  const { id, rule, why } = fixture;
  return JSON.stringify({ id, rule, why, pending, findings });
}
