/** A distribution of values, in the form that Prometheus reads. */
export interface HistogramValues {
  /** How many values were at most `le`; the last bucket is `Infinity` and holds all. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

/** Counts values in buckets; memory does not grow with them. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds of the buckets, ascending; one for all beyond them is added */
  constructor(bounds: readonly number[]) {
    this.#bounds = [...bounds, Infinity];
    this.#counts = this.#bounds.map(() => 0);
  }

  add(value: number): void {
    const index = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  values(): HistogramValues {
    let count = 0;
    const buckets = this.#bounds.map((le, index) => ({ le, count: (count += this.#counts[index] ?? 0) }));
    return { buckets, count, sum: this.#sum };
  }
}
