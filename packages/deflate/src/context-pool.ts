/** A zlib context that can be used again. */
export interface Reusable {
  /** Whether it broke and can only be closed. */
  readonly broken: boolean;
  /** Makes it as good as new. */
  reset(): void;
  close(): void;
}

/** How many contexts wait for their next use; more than that are closed. One per thread that could be at work. */
const MAX_SPARE = 4;

/**
 * Contexts that belong to nobody for now. A connection that keeps no context takes one for each message, so that one
 * serves them all as long as messages do not overlap.
 */
export class ContextPool<Context extends Reusable> {
  readonly #create: () => Context;
  readonly #spare: Context[] = [];

  constructor(create: () => Context) {
    this.#create = create;
  }

  take(): Context {
    return this.#spare.pop() ?? this.#create();
  }

  /** Takes a context back, in whatever state it is. */
  give(context: Context): void {
    if (context.broken || this.#spare.length === MAX_SPARE) return context.close();
    context.reset();
    this.#spare.push(context);
  }
}

/** One pool for each set of settings, process-wide. */
export class PoolRegistry<Settings, Context extends Reusable> {
  readonly #create: (settings: Settings) => Context;
  readonly #keyOf: (settings: Settings) => string;
  readonly #pools = new Map<string, ContextPool<Context>>();

  constructor(create: (settings: Settings) => Context, keyOf: (settings: Settings) => string) {
    this.#create = create;
    this.#keyOf = keyOf;
  }

  for(settings: Settings): ContextPool<Context> {
    const key = this.#keyOf(settings);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const pool = new ContextPool(() => this.#create(settings));
    this.#pools.set(key, pool);
    return pool;
  }
}
