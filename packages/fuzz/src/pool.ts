import type { Random } from './random.js';
import type { Outcome } from './target.js';

/** Longer inputs cost more than they show. */
const MAX_PARENT_BYTES = 512;

/** Inputs that are worth changing: the seeds, and for each way that an execution went the shortest input that goes it. */
export class Pool {
  readonly #parents: Buffer[] = [];
  readonly #byOutcome = new Map<Outcome, number>();
  #seeds = 0;

  get outcomes(): number {
    return this.#byOutcome.size;
  }

  get size(): number {
    return this.#parents.length;
  }

  /** Parents that were found, not given. */
  get found(): readonly Buffer[] {
    return this.#parents.slice(this.#seeds);
  }

  /** A seed is kept in any case. */
  seed(input: Buffer, outcome: Outcome): void {
    // Of the way that a seed goes no shorter one is wanted.
    this.#byOutcome.set(outcome, -1);
    this.#parents.push(input);
    this.#seeds = this.#parents.length;
  }

  /** Keeps an input if it went a new way, or a known one in fewer bytes. */
  offer(input: Buffer, outcome: Outcome): void {
    const known = this.#byOutcome.get(outcome);
    if (known === undefined) {
      if (input.length > MAX_PARENT_BYTES) return;
      this.#byOutcome.set(outcome, this.#parents.length);
      this.#parents.push(ownCopy(input));
    } else if (input.length < (this.#parents[known]?.length ?? 0)) {
      this.#parents[known] = ownCopy(input);
    }
  }

  /** One of all, or one of the last that came. */
  pick(random: Random): Buffer {
    const { length } = this.#parents;
    const from = random.oneIn(4) ? Math.max(0, length - 64) : 0;
    return this.#parents[from + random.below(length - from)] ?? Buffer.alloc(0);
  }
}

/** Not out of Node's pool of buffers, of which each slice keeps 8 KiB alive. */
function ownCopy(input: Buffer): Buffer {
  const copy = Buffer.alloc(input.length);
  input.copy(copy);
  return copy;
}
