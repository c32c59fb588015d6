/** What a connection receives as an async iterator, under back-pressure: reading stops while one item waits to be taken. */
export class ReceivedIterator<Item> implements AsyncIterableIterator<Item> {
  readonly #onRoom: () => void;
  readonly #onReturn: (left: Item | undefined) => void;
  #ready: Item | undefined;
  #takers: ((result: IteratorResult<Item, undefined>) => void)[] = [];
  #ended = false;

  /**
   * @param onRoom the waiting item was taken: there is room for another
   * @param onReturn the loop was left early; with the item that still waited
   */
  constructor(onRoom: () => void, onReturn: (left: Item | undefined) => void) {
    this.#onRoom = onRoom;
    this.#onReturn = onReturn;
  }

  /** Hands over an item; false when it has to wait, so no other may come before `onRoom`. */
  push(item: Item): boolean {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#ready = item;
    else taker({ done: false, value: item });
    return taker !== undefined;
  }

  /** Nothing will follow. An item that waits can still be taken. */
  end(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const ready = this.#ready;
    if (ready !== undefined) {
      this.#ready = undefined;
      this.#onRoom();
      return Promise.resolve({ done: false, value: ready });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    const left = this.#ready;
    this.#ready = undefined;
    this.end();
    this.#onReturn(left);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
