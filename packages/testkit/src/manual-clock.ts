/** Node.js takes what is longer for 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Time that passes when told to: the `clock` option of Sokker's connections, servers and clients, so that a test of
 * timeouts waits for nothing. It begins at 0.
 */
export class ManualClock {
  #now = 0;
  /** In the order they were set in. */
  readonly #timers = new Set<Timer>();

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /**
   * Has `callback` called once, when `ms` milliseconds have passed: whole ones from 1 to 2³¹−1, as in Node.js. Parts of
   * one are dropped, and whatever else is out of these bounds, `NaN` and `Infinity` included, is 1.
   */
  setTimeout(callback: () => void, ms: number): unknown {
    const delay = ms >= 1 && ms <= LONGEST_DELAY_MS ? Math.trunc(ms) : 1;
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** A timer that is over, or none, is ignored. */
  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Lets `ms` milliseconds pass. What is due is called in order, at its time: also what is set meanwhile. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    // What was called may have let more time pass.
    this.#now = Math.max(this.#now, end);
  }

  #nextUntil(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}
