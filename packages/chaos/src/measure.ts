/** Meters that run inside an actor while a fault goes on. */
import { residentBytes, ThreadClock } from './proc.js';

/** The value below which a share of all values lies; NaN for none, which is within no bound. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export interface Observed {
  readonly elapsedMs: number;
  /** Processor time of the process, all threads: milliseconds. */
  readonly cpuMs: number;
  /**
   * Longest and 99th-percentile stretch for which the event loop ran without turning, in processor time of its thread:
   * other processes on the machine do not count.
   */
  readonly longestTurnMs: number;
  readonly turnP99Ms: number;
  /** The longest by the wall clock, which on a busy machine is anything. */
  readonly longestWallMs: number;
  readonly peakBytes: number;
}

const TICK_MS = 1;
const MEMORY_EVERY_MS = 20;

/** Watches the event loop of the process that it runs in: a timer is due every millisecond, and late by a turn. */
export class Meter {
  readonly #thread = new ThreadClock();
  readonly #turns: number[] = [];
  readonly #startedAt = performance.now();
  readonly #cpu = process.cpuUsage();
  #timer: NodeJS.Timeout;
  #threadAt = this.#thread.now();
  #wallAt = this.#startedAt;
  #memoryAt = 0;
  #longestWallMs = 0;
  #peakBytes = residentBytes();

  constructor() {
    this.#timer = setTimeout(this.#tick, TICK_MS).unref();
  }

  stop(): Observed {
    clearTimeout(this.#timer);
    this.#note();
    this.#thread.close();
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      elapsedMs: performance.now() - this.#startedAt,
      cpuMs: (user + system) / 1000,
      longestTurnMs: this.#turns.reduce((most, turn) => Math.max(most, turn), 0),
      turnP99Ms: percentile(this.#turns, 0.99),
      longestWallMs: this.#longestWallMs,
      peakBytes: Math.max(this.#peakBytes, residentBytes()),
    };
  }

  readonly #tick = (): void => {
    this.#note();
    this.#timer = setTimeout(this.#tick, TICK_MS).unref();
  };

  #note(): void {
    const [wall, thread] = [performance.now(), this.#thread.now()];
    this.#turns.push(thread - this.#threadAt);
    this.#longestWallMs = Math.max(this.#longestWallMs, wall - this.#wallAt);
    this.#threadAt = thread;
    this.#wallAt = wall;
    if (wall - this.#memoryAt < MEMORY_EVERY_MS) return;
    this.#memoryAt = wall;
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes());
  }
}

export interface Memory {
  readonly residentBytes: number;
  /** Heap, and buffers outside of it. */
  readonly heldBytes: number;
  readonly heapBytes: number;
}

/** Memory once everything that can be collected is. Needs `--expose-gc`, which every actor has. */
export async function memoryAtRest(): Promise<Memory> {
  // Twice: what finalizers of the first collection let go is found by the second.
  for (let times = 0; times < 2; times++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { residentBytes: rss, heldBytes: heapUsed + arrayBuffers, heapBytes: heapUsed };
}
