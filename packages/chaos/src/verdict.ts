/** What was asserted and what came of it: one row of the table. */

export interface Row {
  readonly fault: string;
  readonly asserted: string;
  readonly figure: string;
  readonly bound: string;
  /** The counter of the server that fired, with its value; '' where none belongs to it. */
  readonly counter: string;
  readonly ok: boolean;
}

export interface Claim {
  /** In words: what was measured. */
  readonly asserted: string;
  readonly figure: number;
  readonly unit?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly equals?: number;
  /** Said beside the figure, such as what was measured without the fault. */
  readonly beside?: string;
  readonly counter?: Counter;
}

/** A counter of `server.metrics()` that the fault must have moved. */
export interface Counter {
  readonly text: string;
  readonly ok: boolean;
}

/** Reads a counter by its path, such as `refusals.ERR_SOKKER_HEAD_TIMEOUT`; it must have reached `atLeast`. */
export function fired(metrics: object, path: string, atLeast = 1): Counter {
  let value: unknown = metrics;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  const count = typeof value === 'number' ? value : 0;
  return { text: `${path} ${count}`, ok: count >= atLeast };
}

/** What a process holds, once garbage is collected, beyond what it held before: a claim of at most so many MiB. */
export function heldBeyond(before: Held, after: Held, atMost: number): Claim {
  const figure = (after.heldBytes - before.heldBytes) / (1024 * 1024);
  return { asserted: 'memory held afterwards, above what it was before', figure, unit: 'MiB', atMost };
}

interface Held {
  readonly heldBytes: number;
}

export function judge(fault: string, claim: Claim): Row {
  const { figure, atMost = Infinity, atLeast = -Infinity, equals, counter } = claim;
  const holds = figure <= atMost && figure >= atLeast && (equals === undefined || figure === equals);
  const beside = claim.beside === undefined ? '' : ` (${claim.beside})`;
  return {
    fault,
    asserted: claim.asserted,
    figure: `${withUnit(figure, claim.unit)}${beside}`,
    bound: boundOf(claim),
    counter: counter?.text ?? '',
    ok: holds && counter?.ok !== false,
  };
}

function boundOf({ atMost, atLeast, equals, unit }: Claim): string {
  const parts: string[] = [];
  if (equals !== undefined) parts.push(`= ${withUnit(equals, unit)}`);
  if (atLeast !== undefined) parts.push(`≥ ${withUnit(atLeast, unit)}`);
  if (atMost !== undefined) parts.push(`≤ ${withUnit(atMost, unit)}`);
  return parts.join(', ');
}

/** Three digits are enough for anything that was measured; counts are whole. */
export function withUnit(value: number, unit = ''): string {
  const shown = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  return unit === '' ? shown : `${shown} ${unit}`;
}
