import { memoryUsage } from 'node:process';

const EVERY_MS = 50;
const MIB = 2 ** 20;

/** How much the resident memory of this process grows from the end of a warm-up on, sampled all the while. */
export class Growth {
  readonly #timer = setInterval(() => this.#sample(), EVERY_MS).unref();
  #base: number | undefined;
  #peak = 0;

  /** Buffers are allocated and code is compiled: from here on memory should stay where it is. The first call counts. */
  warm(): void {
    if (this.#base !== undefined) return;
    this.#base = memoryUsage.rss();
    this.#sample();
  }

  /** MiB between the end of the warm-up and the highest sample after it. */
  stop(): number {
    clearInterval(this.#timer);
    this.warm();
    this.#sample();
    return Math.round(((this.#peak - (this.#base ?? 0)) / MIB) * 10) / 10;
  }

  #sample(): void {
    if (this.#base !== undefined) this.#peak = Math.max(this.#peak, memoryUsage.rss());
  }
}
