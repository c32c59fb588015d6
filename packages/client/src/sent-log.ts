const NONE: readonly never[] = [];

/** What was given to `send` in order, until the operating system has taken it. */
export class SentLog<Item> {
  #items: Item[] = [];
  #settled = 0;

  add(item: Item): void {
    this.#items.push(item);
  }

  /**
   * Forgets what was taken.
   * @param accepted how many of all that were ever added: they are taken in order
   * @returns what was taken since this was asked before, oldest first
   */
  settle(accepted: number): readonly Item[] {
    if (accepted <= this.#settled) return NONE;
    const taken = this.#items.splice(0, accepted - this.#settled);
    this.#settled = accepted;
    return taken;
  }

  /** What was not taken, oldest first; it is forgotten here. */
  take(accepted: number): readonly Item[] {
    this.settle(accepted);
    const rest = this.#items;
    this.#items = [];
    return rest;
  }
}
