import { callLater, notSent, type SendCallback } from './callbacks.js';

type Part = string | Uint8Array | Blob;

interface Fragment {
  readonly data: Part;
  readonly callback: SendCallback | undefined;
}

/** A message that is sent in parts, by `fin: false`: the source of the stream that the connection makes of it. */
export class Fragments implements AsyncIterableIterator<string | Uint8Array> {
  readonly #waiting: Fragment[] = [];
  #ended = false;
  #aborted = false;
  /** That which is on its way: it has been taken when the next is asked for. */
  #current: Fragment | undefined;
  #wake: (() => void) | undefined;
  /** Hears of how many bytes wait no longer. */
  readonly #onLeft: (bytes: number) => void;

  constructor(onLeft: (bytes: number) => void) {
    this.#onLeft = onLeft;
  }

  add(data: Part, callback: SendCallback | undefined): void {
    this.#waiting.push({ data, callback });
    if (this.#aborted) this.#giveUp();
    else this.#wake?.();
  }

  /** No more follow. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** It will not be sent to its end. */
  abort(): void {
    this.#aborted = true;
    callLater(this.#current?.callback, notSent());
    this.#current = undefined;
    this.#giveUp();
    this.end();
  }

  #giveUp(): void {
    for (const { data, callback } of this.#waiting.splice(0)) {
      this.#onLeft(sizeOf(data));
      callLater(callback, notSent());
    }
  }

  async next(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    callLater(this.#current?.callback);
    this.#current = undefined;
    while (this.#waiting.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return { done: true, value: undefined };
    const { data } = this.#current;
    this.#onLeft(sizeOf(data));
    return { done: false, value: data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export function sizeOf(data: Part): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : data.length;
}
