import { liveBytes } from './memory.js';
import { minimise } from './minimise.js';
import { Pool } from './pool.js';
import { Hash, Random } from './random.js';
import { kindOf, type Outcome, type Target } from './target.js';

export interface FuzzOptions {
  readonly target: Target;
  readonly seed: number;
  /** Executions, the seeds included; `Infinity` until stopped. */
  readonly executions: number;
  /** Inputs to begin with, beside the target's own seeds. */
  readonly corpus: readonly Buffer[];
  /** Told each input before it is executed: whoever watches can tell what hangs. */
  readonly onExecute?: (input: Buffer) => void;
  readonly isStopped?: () => boolean;
}

export interface FoundFault {
  readonly kind: string;
  readonly message: string;
  readonly stack: string;
  /** Minimised. */
  readonly input: Buffer;
  /** As it was found. */
  readonly original: Buffer;
}

export interface FuzzReport {
  readonly executions: number;
  readonly elapsedMs: number;
  /** Ways that executions went. */
  readonly outcomes: number;
  readonly faults: readonly FoundFault[];
  /** Inputs that went a way which no seed goes. */
  readonly found: readonly Buffer[];
  /** What the heap grew by, less the pool: bytes; undefined for runs shorter than `WARM_AFTER`, too short to tell. */
  readonly growthBytes: number | undefined;
}

/** Others get their turn, and stray errors are noticed, after so many executions. */
const TURN = 1024;
/** Memory is probed so often in a run, or after so many executions, whichever is more often; and in the end. */
const PROBES = 16;
const PROBE_EVERY = 250_000;
/** From here on code is compiled and pools are filled. */
export const WARM_AFTER = 50_000;
const MAX_KINDS = 8;

/** Runs one target: seeds first, then their mutants, until the executions are used up. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(options);
  const limit = Error.stackTraceLimit;
  const onStray = (error: unknown): void => run.stray(error);
  process.on('uncaughtException', onStray).on('unhandledRejection', onStray);
  // Most inputs end in an error, whose stack would cost more than the work.
  Error.stackTraceLimit = 0;
  try {
    return await run.run();
  } finally {
    Error.stackTraceLimit = limit;
    process.off('uncaughtException', onStray).off('unhandledRejection', onStray);
  }
}

class FuzzRun {
  readonly #options: FuzzOptions;
  readonly #random: Random;
  readonly #pool = new Pool();
  readonly #faults = new Map<string, FoundFault>();
  readonly #probeEvery: number;
  #probeAt: number;
  #executions = 0;
  #warmBytes: number | undefined;
  #strays: unknown[] = [];
  /** What was executed since the last turn: one of these threw what nobody caught. */
  #sinceTurn: Buffer[] = [];

  constructor(options: FuzzOptions) {
    this.#options = options;
    this.#probeEvery = this.#probeAt = Math.min(PROBE_EVERY, options.executions / PROBES);
    this.#random = new Random(new Hash().text(options.target.name).add(options.seed).value);
  }

  /** An error that nobody caught: of the input at hand, or of one before it. */
  stray(error: unknown): void {
    this.#strays.push(error);
  }

  async run(): Promise<FuzzReport> {
    const start = performance.now();
    await this.#runSeeds();
    while (!this.#isOver) {
      const other = this.#pool.pick(this.#random);
      const child = this.#options.target.mutate(this.#pool.pick(this.#random), other, this.#random);
      const outcome = await this.#execute(child);
      if (outcome !== undefined) this.#pool.offer(child, outcome);
    }
    await this.#turn(true);
    const elapsedMs = performance.now() - start;
    const { outcomes, found } = this.#pool;
    const growthBytes = this.#growth(found);
    return {
      executions: this.#executions,
      elapsedMs,
      outcomes,
      faults: [...this.#faults.values()],
      found,
      growthBytes,
    };
  }

  get #isOver(): boolean {
    const { executions, isStopped } = this.#options;
    if (this.#executions >= executions || this.#faults.size >= MAX_KINDS || this.#pool.size === 0) return true;
    return this.#executions % 64 === 0 && isStopped?.() === true;
  }

  async #runSeeds(): Promise<void> {
    for (const seed of [...this.#options.target.seeds(), ...this.#options.corpus]) {
      const outcome = await this.#execute(seed);
      if (outcome !== undefined) this.#pool.seed(seed, outcome);
    }
  }

  /** Executes an input; undefined where it is a finding. */
  async #execute(input: Buffer): Promise<Outcome | undefined> {
    const { target, onExecute } = this.#options;
    if (this.#sinceTurn.length === TURN) await this.#turn(false);
    onExecute?.(input);
    this.#executions++;
    this.#sinceTurn.push(input);
    try {
      const outcome = target.execute(input);
      const settled = typeof outcome === 'number' ? outcome : await outcome;
      if (this.#strays.length === 0) return settled;
      for (const error of this.#strays.splice(0)) await this.#blame([...this.#sinceTurn], error);
      return undefined;
    } catch (error) {
      await this.#fault(input, error);
      return undefined;
    }
  }

  async #turn(isLast: boolean): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const inputs = this.#sinceTurn.splice(0);
    const input = inputs.at(-1);
    if (input === undefined) return;
    for (const error of this.#strays.splice(0)) await this.#blame(inputs, error);
    if (isLast || this.#executions >= this.#probeAt) await this.#probe(input);
    if (this.#warmBytes === undefined && this.#executions >= WARM_AFTER) this.#warmBytes = liveBytes();
  }

  /** An error that nobody caught came after the execution that it is of: that is the one after which it comes again. */
  async #blame(inputs: readonly Buffer[], error: unknown): Promise<void> {
    if (this.#faults.has(kindOf(error))) return;
    for (const input of inputs) {
      const again = await this.#errorOf(input);
      if (again !== undefined && kindOf(again) === kindOf(error)) return this.#fault(input, again);
    }
    await this.#fault(inputs.at(-1) ?? Buffer.alloc(0), error);
  }

  async #probe(input: Buffer): Promise<void> {
    this.#probeAt = this.#executions + this.#probeEvery;
    try {
      this.#options.target.probeMemory?.(input);
    } catch (error) {
      await this.#fault(input, error);
    }
  }

  async #fault(input: Buffer, error: unknown): Promise<void> {
    const kind = kindOf(error);
    if (this.#faults.has(kind)) return;
    this.#faults.set(kind, { kind, message: String(error), stack: '', input, original: input });
    const smallest = await minimise(input, this.#options.target.settingsBytes, async (candidate) => {
      const found = await this.#errorOf(candidate);
      return found !== undefined && kindOf(found) === kind;
    });
    // Once more, now with a stack.
    Error.stackTraceLimit = 30;
    const last = (await this.#errorOf(smallest)) ?? error;
    Error.stackTraceLimit = 0;
    const stack = last instanceof Error ? (last.stack ?? '') : '';
    this.#faults.set(kind, { kind, message: String(last), stack, input: smallest, original: input });
  }

  async #errorOf(input: Buffer): Promise<unknown> {
    this.#options.onExecute?.(input);
    this.#strays = [];
    try {
      await this.#options.target.execute(input);
      await new Promise((resolve) => setImmediate(resolve));
      return this.#strays.shift();
    } catch (error) {
      return error ?? new Error('threw nothing');
    }
  }

  #growth(found: readonly Buffer[]): number | undefined {
    if (this.#warmBytes === undefined) return undefined;
    const poolBytes = found.reduce((sum, input) => sum + input.length + 256, 0);
    return liveBytes() - this.#warmBytes - poolBytes;
  }
}
