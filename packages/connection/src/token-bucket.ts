import type { Clock } from './clock.js';

/** So many per second on average, and so many at once; after a rest of a second it is full again. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #since: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#since = clock.now();
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    if (this.#perSecond === Infinity) return true;
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Asked each time: a full bucket gains nothing by the time that passes, also what passed before the first was taken. */
  #fill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#since) * this.#perSecond) / 1000);
    this.#since = now;
  }
}
