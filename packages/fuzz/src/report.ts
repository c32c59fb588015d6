/** The table at the end. */
export interface Row {
  readonly target: string;
  readonly executions: number;
  readonly elapsedMs: number;
  /** Ways that executions went. */
  readonly outcomes: number;
  readonly growthBytes: number | undefined;
  readonly findings: number;
}

const HEAD = ['target', 'executions', 'seconds', 'per second', 'outcomes', 'heap growth', 'findings'];

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.target,
    String(row.executions),
    (row.elapsedMs / 1000).toFixed(1),
    String(perSecond(row.executions, row.elapsedMs)),
    String(row.outcomes),
    row.growthBytes === undefined ? '–' : `${(row.growthBytes / 1024 ** 2).toFixed(1)} MiB`,
    String(row.findings),
  ]);
  const widths = HEAD.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return padded.join('  ').trimEnd();
  };
  return [line(HEAD), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

export function perSecond(executions: number, elapsedMs: number): number {
  return elapsedMs > 0 ? Math.round((executions * 1000) / elapsedMs) : 0;
}
