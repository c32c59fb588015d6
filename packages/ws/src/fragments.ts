import { callLater, notSent, type SendCallback } from './callbacks.js';

interface Fragment {
  readonly data: string | Uint8Array;
  readonly callback: SendCallback | undefined;
}

/** A message that is sent in parts, by `fin: false`: the source of the stream that the connection makes of it. */
export class Fragments implements AsyncIterableIterator<string | Uint8Array> {
  #waiting: Fragment[] = [];
  #ended = false;
  /** That which is on its way: it has left when the next is asked for. */
  #current: Fragment | undefined;
  #wake: (() => void) | undefined;

  add(data: string | Uint8Array, callback: SendCallback | undefined): void {
    this.#waiting.push({ data, callback });
    this.#wake?.();
  }

  /** No more follow. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    callLater(this.#current?.callback);
    this.#current = undefined;
    while (this.#waiting.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#current = this.#waiting.shift();
    return this.#current === undefined ? { done: true, value: undefined } : { done: false, value: this.#current.data };
  }

  /** The connection has ended. */
  return(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    const left = [this.#current, ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    this.end();
    for (const fragment of left) callLater(fragment?.callback, notSent());
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
