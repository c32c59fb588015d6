/** Medians and distribution-free intervals: the noise of a shared machine is not normal, so nothing here assumes it is. */

export interface Estimate {
  readonly median: number;
  /** Bounds of the interval for the median; `confidence` says how sure it is. */
  readonly low: number;
  readonly high: number;
  /** Probability, 0 to 1, that the interval holds the true median; 0 for a single value. */
  readonly confidence: number;
  readonly count: number;
}

const WANTED_CONFIDENCE = 0.95;

/** The middle value, or the mean of the two middle ones. `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Probability of at most `k` heads among `n` throws of a fair coin. */
function binomialTail(n: number, k: number): number {
  let term = 0.5 ** n;
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= (n - i + 1) / i;
    sum += term;
  }
  return sum;
}

/**
 * The median with the narrowest interval of order statistics that holds it with at least 95 % (each value lies above
 * or below the true median with one half). Under six values even the extremes fall short of 95 %: they are given, with
 * the confidence they do have.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  let rank = 0;
  while (rank + 1 < count / 2 && 1 - 2 * binomialTail(count, rank + 1) >= WANTED_CONFIDENCE) rank++;
  return {
    median: median(sorted),
    low: sorted[rank] ?? NaN,
    high: sorted[count - 1 - rank] ?? NaN,
    confidence: count === 0 ? 0 : 1 - 2 * binomialTail(count, rank),
    count,
  };
}

/** The ratios of values measured in the same round, in order; a round in which either is missing is left out. */
export function pairRatios(subject: readonly (number | undefined)[], peer: readonly (number | undefined)[]): number[] {
  return subject.flatMap((value, round) => {
    const other = peer[round];
    return value === undefined || other === undefined || other === 0 ? [] : [value / other];
  });
}
