import type { Writer } from './writer.js';

/** In so many turns in a row nothing may leave: TLS over HTTP/2 takes two to tell of it. */
const IDLE_TURNS = 4;

/**
 * Time for a duplex that tells in later turns alone of what it has taken. It lasts as long as in every few turns something
 * leaves, as a kernel with room takes it, or until less waits than the limit.
 */
export class Reprieve {
  readonly #writer: Writer;
  readonly #limit: number;
  readonly #onEnd: (isOver: boolean) => void;
  /** What may wait meanwhile: all that the turn sends in which it begins, and the limit once more. */
  #mostBytes = Infinity;
  #idleTurns = 0;

  /** @param onEnd called once: with whether the limit is reached still, and nothing leaves */
  constructor(writer: Writer, limit: number, onEnd: (isOver: boolean) => void) {
    this.#writer = writer;
    this.#limit = limit;
    this.#onEnd = onEnd;
    this.#lookAfter(writer.bytesWritten);
  }

  covers(bufferedBytes: number): boolean {
    return bufferedBytes < this.#mostBytes;
  }

  #lookAfter(bytesWritten: number): void {
    setImmediate(() => {
      const writer = this.#writer;
      const { bufferedBytes } = writer;
      if (this.#mostBytes === Infinity) this.#mostBytes = bufferedBytes + this.#limit;
      // More is written only where what was written before has left.
      this.#idleTurns = writer.bytesWritten > bytesWritten ? 0 : this.#idleTurns + 1;
      if (bufferedBytes < this.#limit) this.#onEnd(false);
      else if (this.#idleTurns === IDLE_TURNS) this.#onEnd(true);
      else this.#lookAfter(writer.bytesWritten);
    });
  }
}
