/** One connection to an endpoint under test: bytes go out, and what has come back so far can be waited for. */
import type { Socket } from 'node:net';

interface Waiter {
  readonly isDone: () => boolean;
  readonly settle: (isDone: boolean) => void;
}

export class Link {
  /** All that has come. */
  received = Buffer.alloc(0);
  /** The other end has ended or lost the connection: nothing more comes. */
  ended = false;
  /** So much came that the connection was given up. */
  hasFlooded = false;
  readonly #socket: Socket;
  readonly #waiters = new Set<Waiter>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay();
    socket.on('data', (chunk) => this.#read(chunk));
    // A reset is one of the ways in which it ends: 'close' follows.
    socket.on('error', () => {});
    socket.on('end', () => this.#end()).on('close', () => this.#end());
  }

  write(bytes: Uint8Array | string): void {
    if (!this.#socket.destroyed) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Writes each of the first bytes by itself, in a turn of its own, until `isOver`; the rest at once. */
  async trickle(bytes: Buffer, isOver: () => boolean): Promise<void> {
    for (let at = 0; at < Math.min(bytes.length, FINE_BYTES) && !isOver(); at++) {
      this.write(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (bytes.length > FINE_BYTES && !isOver()) this.write(bytes.subarray(FINE_BYTES));
  }

  /** Resolves as soon as `isDone`, or once it cannot be any more, or the time (`Infinity`: none) is over; with whether it is. */
  until(isDone: () => boolean, milliseconds: number): Promise<boolean> {
    if (isDone() || this.ended) return Promise.resolve(isDone());
    return new Promise((resolve) => {
      const settle = (is: boolean): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(is);
      };
      const timer = milliseconds === Infinity ? undefined : setTimeout(() => settle(false), milliseconds);
      const waiter = { isDone, settle };
      this.#waiters.add(waiter);
    });
  }

  /** Ends our side of it. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    // Nobody who echoes fixtures has so much to say.
    if (this.received.length > MAX_RECEIVED_BYTES) {
      this.hasFlooded = true;
      return this.destroy();
    }
    this.received = Buffer.concat([this.received, chunk]);
    for (const { isDone, settle } of this.#waiters) if (isDone()) settle(true);
  }

  #end(): void {
    this.ended = true;
    for (const { isDone, settle } of this.#waiters) settle(isDone());
  }
}

/** Of longer input so many bytes come one at a time, and the rest at once. */
const FINE_BYTES = 512;
const MAX_RECEIVED_BYTES = 16 * 1024 * 1024;
