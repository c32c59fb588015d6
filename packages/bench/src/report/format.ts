/** Figures as people read them: three significant digits, never in exponents. */
import type { RatioResult, RowResult, Standing } from '../results.js';
import type { Estimate } from '../statistics.js';

export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 3);
}

export function interval({ low, high }: Estimate): string {
  return `${figure(low)}–${figure(high)}`;
}

export type Verdict = 'aim' | 'bar' | 'missed' | 'none';

export function verdict({ ratio, atMost, aim }: RatioResult): Verdict {
  if (atMost === undefined || aim === undefined) return 'none';
  if (ratio.median <= aim) return 'aim';
  return ratio.median <= atMost ? 'bar' : 'missed';
}

/** Whether the interval reaches to the other side of the limit that decided the verdict. */
export function isUndecided(result: RatioResult): boolean {
  const { ratio, atMost = NaN, aim = NaN } = result;
  switch (verdict(result)) {
    case 'aim':
      return ratio.high > aim;
    case 'bar':
      return ratio.high > atMost;
    case 'missed':
      return ratio.low <= atMost;
    case 'none':
      return false;
  }
}

export const VERDICT_WORDS = {
  aim: 'aim reached',
  bar: 'within the bar',
  missed: 'over the bar',
  none: '',
} as const satisfies Record<Verdict, string>;

/** From here on it is the load that sets the pace. */
const SATURATED_SHARE = 0.95;

export function isSaturated({ loadShare = 0 }: Standing): boolean {
  return loadShare >= SATURATED_SHARE;
}

/** Nanoseconds become microseconds where they are many. */
export function quantity(row: RowResult, value: number): string {
  return row.unit === 'ns' && value >= 10_000 ? `${figure(value / 1000)} µs` : `${figure(value)} ${row.unit}`;
}
