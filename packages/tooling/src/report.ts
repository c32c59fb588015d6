import type { Gate } from './gate.js';
import type { Outcome } from './runner.js';

/** Lines shown of one gate's failures; the rest is counted, and `--only <gate>` shows all. */
const SHOWN_FAILURES = 40;

/** One line per gate, and under a failed one what failed. */
export function gateLines({ gate, note, failures, elapsedMs }: Outcome, shown = SHOWN_FAILURES): string[] {
  const verdict = failures.length === 0 ? 'ok' : 'FAILED';
  const head = `${gate.name.padEnd(10)} ${verdict.padEnd(6)} ${seconds(elapsedMs).padStart(6)}   ${note}`;
  const hidden = failures.length - shown;
  return [
    head.trimEnd(),
    ...failures.slice(0, shown).map((failure) => `    ${failure}`),
    ...(hidden > 0 ? [`    … and ${hidden} more: npm run check -- --only ${gate.name}`] : []),
  ];
}

/** The closing line. */
export function summaryLine(outcomes: readonly Outcome[], elapsedMs: number): string {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).map(({ gate }) => gate.name);
  const counts = `${outcomes.length - failed.length} gates passed, ${failed.length} failed`;
  return `${counts} in ${seconds(elapsedMs)}${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`;
}

export function helpText(gates: readonly Gate[]): string {
  const rows = gates.map(({ name, promise }) => `  ${name.padEnd(10)} ${promise}`);
  return [
    'npm run check -- [--only <gate>[,<gate>…]] [--update]',
    '',
    'Runs the static gates, one line each; exit status 1 when one fails, 2 when called wrongly.',
    '--update rewrites what is generated from the code: the list of exports, docs/options.md, docs/errors.md.',
    '',
    ...rows,
  ].join('\n');
}

function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(1)} s`;
}
