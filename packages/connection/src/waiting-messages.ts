import { bytesIn, kept, type Received } from './received.js';

/** What may wait for someone to listen, beyond one message; so far a Close, or a Ping, behind them is still heard. */
const WAITING_BYTES = 64 * 1024;

/** Messages that came while nobody listened. */
export class WaitingMessages implements Iterable<Received> {
  readonly #messages: Received[] = [];
  #firstBytes = 0;
  #bytes = 0;

  /** Memory of them all. Asked for each chunk that is read: so it is counted as they come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no more should come. */
  get full(): boolean {
    // The body of a stream stops reading by itself when it is full, and only one is ever open.
    return this.#bytes - this.#firstBytes >= WAITING_BYTES;
  }

  add(received: Received): void {
    const bytes = bytesIn(received);
    if (this.#messages.push(kept(received)) === 1) this.#firstBytes = bytes;
    this.#bytes += bytes;
  }

  [Symbol.iterator](): Iterator<Received> {
    return this.#messages[Symbol.iterator]();
  }
}
