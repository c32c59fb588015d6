/** What a connection receives as an async iterator, under back-pressure: reading stops while something waits to be taken. */
export class ReceivedIterator<Item> implements AsyncIterableIterator<Item> {
  readonly #onRoom: () => void;
  readonly #onReturn: (left: readonly Item[]) => void;
  #ready: Item[] = [];
  #takers: ((result: IteratorResult<Item, undefined>) => void)[] = [];
  #ended = false;

  /**
   * @param onRoom an item that waited was taken: there is room for another
   * @param onReturn the loop was left early; with what still waited
   */
  constructor(onRoom: () => void, onReturn: (left: readonly Item[]) => void) {
    this.#onRoom = onRoom;
    this.#onReturn = onReturn;
  }

  /** What waits to be taken. */
  get ready(): readonly Item[] {
    return this.#ready;
  }

  /** Hands over an item; false when it has to wait, so that no other should come before `onRoom`. */
  push(item: Item): boolean {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#ready.push(item);
    else taker({ done: false, value: item });
    return taker !== undefined;
  }

  /** Nothing will follow. What waits can still be taken. */
  end(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      this.#onRoom();
      return Promise.resolve({ done: false, value: ready });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    const left = this.#ready.splice(0);
    this.end();
    this.#onReturn(left);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
