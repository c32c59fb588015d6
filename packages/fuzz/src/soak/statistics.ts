/** A straight line through samples, by least squares. */
export interface Slope {
  /** Units of `y` per unit of `x`. */
  readonly perUnit: number;
  /** Its standard error; Infinity where there are too few samples to tell. */
  readonly error: number;
}

export function slopeOf(samples: readonly (readonly [x: number, y: number])[]): Slope {
  const count = samples.length;
  const mean = (pick: (sample: readonly [number, number]) => number): number =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / count;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const spread = samples.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (count < 3 || spread === 0) return { perUnit: 0, error: Infinity };
  const perUnit = samples.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = samples.reduce((sum, [x, y]) => sum + (y - meanY - perUnit * (x - meanX)) ** 2, 0);
  return { perUnit, error: Math.sqrt(rest / (count - 2) / spread) };
}

/** Times in buckets that grow by a tenth: a percentile is exact to that. */
export class Times {
  readonly #counts = new Map<number, number>();
  count = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, MIN_MS)) / GROWTH);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.count++;
  }

  /** @param share 0 to 1; NaN where nothing was added */
  percentile(share: number): number {
    let left = Math.ceil(share * this.count);
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.exp(bucket * GROWTH);
    }
    return NaN;
  }

  merge(other: Times): void {
    for (const [bucket, count] of other.#counts) this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.count += other.count;
  }
}

const MIN_MS = 0.01;
const GROWTH = Math.log(1.1);
