/** A holder of memory: how much was last noted of it, and how much it is now. */
export interface Holder {
  readonly retainedBytes: number;
}

/** Keeps account of the memory that messages take over all connections, in and out (bytes). */
export class Ledger {
  readonly limit: number;
  readonly #noted = new Map<Holder, number>();
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

  /**
   * Notes what a holder takes. One that takes nothing stays, at the longest until `forget`: connections that echo hold
   * something and nothing in turn, and a Map that is added to and deleted from is made anew again and again.
   */
  note(holder: Holder, bytes: number): void {
    const before = this.#noted.get(holder) ?? 0;
    if (bytes === before) return;
    this.#used += bytes - before;
    this.#noted.set(holder, bytes);
  }

  /** Strikes a holder out, until it is noted again. */
  forget(holder: Holder): void {
    this.#used -= this.#noted.get(holder) ?? 0;
    this.#noted.delete(holder);
  }

  /** Looks at every holder again, and answers who holds most; undefined where nobody holds anything. */
  settle(): Holder | undefined {
    let [most, mostBytes]: [Holder | undefined, number] = [undefined, 0];
    for (const holder of [...this.#noted.keys()]) {
      const bytes = holder.retainedBytes;
      if (bytes === 0) this.forget(holder);
      else this.note(holder, bytes);
      if (bytes > mostBytes) [most, mostBytes] = [holder, bytes];
    }
    return most;
  }
}
