import { memoryUsage } from 'node:process';

const EVERY_MS = 50;
const MIB = 2 ** 20;

/** How much further the resident memory of this process grows once it has warmed up, sampled all the while. */
export class Growth {
  readonly #timer = setInterval(() => this.#sample(), EVERY_MS).unref();
  /** The highest of the warm-up: buffers were allocated and freed in waves, code was compiled. */
  #warmUp = memoryUsage.rss();
  #peak = 0;
  #isWarm = false;

  /** From here on memory should stay where it has been. */
  warm(): void {
    if (!this.#isWarm) this.#sample();
    this.#isWarm = true;
  }

  /** MiB between the highest sample of the warm-up and the highest after it; 0 when it never came back up there. */
  stop(): number {
    clearInterval(this.#timer);
    this.warm();
    this.#sample();
    return Math.max(0, Math.round(((this.#peak - this.#warmUp) / MIB) * 10) / 10);
  }

  #sample(): void {
    const now = memoryUsage.rss();
    if (this.#isWarm) this.#peak = Math.max(this.#peak, now);
    else this.#warmUp = Math.max(this.#warmUp, now);
  }
}
