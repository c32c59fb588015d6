import { memoryUsage } from 'node:process';

const EVERY_MS = 50;
const MIB = 2 ** 20;

/** How much this process's resident memory grows after a warm-up, sampled all the while. */
export class Growth {
  readonly #timer: NodeJS.Timeout;
  #base = Infinity;
  #peak = 0;
  #warm = false;

  constructor() {
    this.#timer = setInterval(() => this.sample(), EVERY_MS);
    this.#timer.unref();
  }

  /** Buffers are allocated, code is compiled: from here on memory should stay where it is. */
  warm(): void {
    if (this.#warm) return;
    this.#warm = true;
    this.sample();
  }

  sample(): void {
    const now = memoryUsage.rss();
    if (!this.#warm) this.#base = now;
    this.#base = Math.min(this.#base, Number.isFinite(this.#base) ? this.#base : now);
    this.#peak = Math.max(this.#peak, this.#warm ? now : 0);
  }

  /** MiB between the end of the warm-up and the highest sample after it. */
  stop(): number {
    clearInterval(this.#timer);
    this.sample();
    return Math.max(0, Math.round(((this.#peak - this.#base) / MIB) * 10) / 10);
  }
}
