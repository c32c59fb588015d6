import type { Clock } from '@sokker/connection';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** The process's own clock, which can be put forward: what takes a minute need not be waited for. */
export class LeapingClock implements Clock {
  readonly #timers = new Set<Timer>();
  #ahead = 0;

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return performance.now() + this.#ahead;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer: Timer = { at: this.now() + ms, callback, handle: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return timer;
  }

  clearTimeout(given: unknown): void {
    const timer = given as Timer | undefined;
    if (timer === undefined) return;
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }

  /** Puts it forward by `ms` at once (back, if negative); what is due then fires in order. */
  leap(ms: number): void {
    this.#ahead += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (!this.#timers.has(timer)) continue;
      clearTimeout(timer.handle);
      if (timer.at <= this.now()) this.#fire(timer);
      else this.#arm(timer);
    }
  }

  /** Lets `ms` pass in steps, with real time for the network between them. */
  async pass(ms: number, stepMs: number, restMs = 5): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.leap(stepMs);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }

  #arm(timer: Timer): void {
    timer.handle = setTimeout(() => this.#fire(timer), Math.max(1, timer.at - this.now())).unref();
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.callback();
  }
}
