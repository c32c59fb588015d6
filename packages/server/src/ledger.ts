/** A holder of memory: how much was last noted of it, and how much it is now. */
export interface Holder {
  readonly retainedBytes: number;
}

/** Beyond this share of the limit it is tight. */
const TIGHT = 0.9;

/** Keeps account of the memory that messages take over all connections, in and out (bytes). */
export class Ledger<Each extends Holder = Holder> {
  readonly limit: number;
  readonly #noted = new Map<Each, number>();
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** As last noted; what has been sent since is still in it. */
  get used(): number {
    return this.#used;
  }

  get isOver(): boolean {
    return this.#used > this.limit;
  }

  /** Whether more than nine tenths of the limit are used. */
  get isTight(): boolean {
    return this.#used > TIGHT * this.limit;
  }

  /**
   * Notes what a holder takes. One that takes nothing stays, at the longest until `forget`: connections that echo hold
   * something and nothing in turn, and a Map that is added to and deleted from is made anew again and again.
   */
  note(holder: Each, bytes: number): void {
    const before = this.#noted.get(holder) ?? 0;
    if (bytes === before) return;
    this.#used += bytes - before;
    this.#noted.set(holder, bytes);
  }

  /** Strikes a holder out, until it is noted again; false where it was not noted. */
  forget(holder: Each): boolean {
    this.#used -= this.#noted.get(holder) ?? 0;
    return this.#noted.delete(holder);
  }

  /** Looks at every holder again. @param first called with each before */
  settle(first?: (holder: Each) => void): void {
    for (const holder of this.#noted.keys()) {
      first?.(holder);
      if (!this.#noted.has(holder)) continue;
      const bytes = holder.retainedBytes;
      if (bytes === 0) this.forget(holder);
      else this.note(holder, bytes);
    }
  }

  /** Those of whom most was noted, that first: as many as have to go until it is no longer tight. */
  biggest(): Each[] {
    const biggest: Each[] = [];
    let left = this.#used;
    for (const [holder, bytes] of [...this.#noted].sort(([, a], [, b]) => b - a)) {
      if (left <= TIGHT * this.limit) break;
      biggest.push(holder);
      left -= bytes;
    }
    return biggest;
  }
}
