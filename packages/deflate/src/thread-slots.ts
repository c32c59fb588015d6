/**
 * Bounds how many jobs are in the thread pool at once, over all connections, first come first served. A connection has
 * one job at a time, so none can take more than one slot; file system and DNS calls queue behind as many jobs at most.
 */
export class ThreadSlots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param slots jobs at once */
  constructor(slots: number) {
    this.#free = slots;
  }

  async run<Result>(job: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

const DEFAULT_THREADS = 4;
const MAX_THREADS = 1024;

/** As many as libuv has threads. */
export function threadPoolSize(setting: string | undefined): number {
  const threads = Number(setting ?? DEFAULT_THREADS);
  return Number.isInteger(threads) && threads >= 1 ? Math.min(threads, MAX_THREADS) : DEFAULT_THREADS;
}

/** The slots of this process. */
export const threadSlots = new ThreadSlots(threadPoolSize(process.env.UV_THREADPOOL_SIZE));
