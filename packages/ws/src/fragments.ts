import { callLater, notSent, type SendCallback } from './callbacks.js';

type Part = string | Uint8Array | Blob;

interface Fragment {
  readonly data: Part;
  readonly callback: SendCallback | undefined;
}

/** A message that is sent in parts, by `fin: false`: the source of the stream that the connection makes of it. */
export class Fragments implements AsyncIterableIterator<string | Uint8Array> {
  #waiting: Fragment[] = [];
  #ended = false;
  #aborted = false;
  /** That which is on its way: it has been taken when the next is asked for. */
  #current: Fragment | undefined;
  #wake: (() => void) | undefined;
  /** Of those that wait. */
  bytes = 0;

  add(data: Part, callback: SendCallback | undefined): void {
    if (this.#aborted) return callLater(callback, notSent());
    this.#waiting.push({ data, callback });
    this.bytes += sizeOf(data);
    this.#wake?.();
  }

  /** No more follow. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** It will not be sent to its end. */
  abort(): void {
    const left = [this.#current, ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    this.bytes = 0;
    this.#aborted = true;
    this.end();
    for (const fragment of left) callLater(fragment?.callback, notSent());
  }

  async next(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    callLater(this.#current?.callback);
    this.#current = undefined;
    while (this.#waiting.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return { done: true, value: undefined };
    const { data } = this.#current;
    this.bytes -= sizeOf(data);
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
