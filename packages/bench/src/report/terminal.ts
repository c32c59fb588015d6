/** The table as plain text. */
import type { RowResult } from '../results.js';
import { figure, interval, isUndecided, quantity, verdict, VERDICT_WORDS } from './format.js';

function plain(label: string): string {
  return label.replaceAll('`', '');
}

export function terminalRow(row: RowResult): string {
  const lines = [`${row.id}: ${plain(row.title)}`];
  for (const { name, label, value } of row.standings) {
    const ratio = row.ratios.find(({ against }) => against === name);
    const columns = [plain(label).padEnd(22), quantity(row, value.median).padStart(10)];
    if (ratio !== undefined) {
      columns.push(
        `  Sokker is ${figure(ratio.ratio.median)} of it (${interval(ratio.ratio)}, ${ratio.ratio.count} pairs)`,
      );
      if (ratio.atMost !== undefined && ratio.aim !== undefined) {
        const doubt = isUndecided(ratio) ? ', undecided' : '';
        columns.push(`at most ${ratio.atMost}, aim ${ratio.aim}: ${VERDICT_WORDS[verdict(ratio)]}${doubt}`);
      }
    }
    lines.push(`  ${columns.join(' ')}`);
  }
  for (const { label, reason } of row.missing) lines.push(`  ${plain(label)}: not measured: ${reason}`);
  return lines.join('\n');
}
