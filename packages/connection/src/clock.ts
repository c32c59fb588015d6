import { performance } from 'node:perf_hooks';

/** Time is handed in, so that nothing that waits has to be waited for in a test. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /**
   * Calls back once, after `ms` milliseconds (1 to 2³¹−1).
   * @param keepAlive whether the process must not end before, for want of anything else to do; default false
   */
  setTimeout(callback: () => void, ms: number, keepAlive?: boolean): unknown;
  clearTimeout(timer: unknown): void;
}

/** The process's own monotonic clock. Few of its timers need to keep the process alive: open sockets do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms, keepAlive = false) => {
    const timer = setTimeout(callback, ms);
    return keepAlive ? timer : timer.unref();
  },
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
