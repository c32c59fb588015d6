import type { Message } from '@sokker/frame';

/** Messages of a connection as an async iterator, under back-pressure: reading stops while one waits to be taken. */
export class MessageIterator implements AsyncIterableIterator<Message> {
  readonly #onRoom: () => void;
  readonly #onReturn: () => void;
  #ready: Message | undefined;
  #takers: ((result: IteratorResult<Message, undefined>) => void)[] = [];
  #ended = false;

  /**
   * @param onRoom the waiting message was taken: there is room for another
   * @param onReturn the loop was left early
   */
  constructor(onRoom: () => void, onReturn: () => void) {
    this.#onRoom = onRoom;
    this.#onReturn = onReturn;
  }

  /** Hands over a message; false when it has to wait, so no other may come before `onRoom`. */
  push(message: Message): boolean {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#ready = message;
    else taker({ done: false, value: message });
    return taker !== undefined;
  }

  /** No message will follow. One that waits can still be taken. */
  end(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    const ready = this.#ready;
    if (ready !== undefined) {
      this.#ready = undefined;
      this.#onRoom();
      return Promise.resolve({ done: false, value: ready });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    this.#ready = undefined;
    this.end();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
