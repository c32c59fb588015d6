import type { Clock } from '@sokker/connection';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands until it is told to go. */
export class TestClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];
  #watchers: (() => void)[] = [];

  get timers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    for (const watcher of this.#watchers.splice(0)) watcher();
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  /** Time passes; what falls due is called in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = until;
  }

  /** Resolves when a timer is set. */
  timerSet(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }
}
