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
   * @returns the rest, oldest first
   */
  rest(accepted: number): readonly Item[] {
    if (accepted > this.#settled) this.#items.splice(0, accepted - this.#settled);
    this.#settled = Math.max(this.#settled, accepted);
    return this.#items;
  }

  /** The rest, which is forgotten here. */
  take(accepted: number): readonly Item[] {
    const rest = this.rest(accepted);
    this.#items = [];
    return rest;
  }
}
