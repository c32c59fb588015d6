// A peer that sends a kilobyte may make us decode a megabyte, and a hundred such peers may be read in one turn of the
// event loop. What all connections of the process decode in a turn is bounded together; the rest waits its turn in order.

/** Decoded in one turn, over all connections: bytes; 2 to 5 ms of inflating (packages/chaos, F09). */
const TURN_BYTES = 1024 * 1024;

type Work = () => Promise<void> | undefined;

export class TurnShare {
  readonly #turnBytes: number;
  readonly #waiting: (() => void)[] = [];
  #left: number;
  #scheduled = false;

  constructor(turnBytes = TURN_BYTES) {
    this.#turnBytes = turnBytes;
    this.#left = turnBytes;
  }

  /** Whether nothing more is to be decoded in this turn. */
  get spent(): boolean {
    return this.#left <= 0;
  }

  /** So many bytes were decoded. */
  spend(bytes: number): void {
    this.#left -= bytes;
    this.#schedule();
  }

  /** Does the work in a later turn, behind what waits already; settles as the work does. */
  later(work: Work): Promise<void> {
    return new Promise((resolve) => {
      // The inner promise takes what the work throws.
      this.#waiting.push(() => resolve(new Promise((settle) => settle(work()))));
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    this.#left = this.#turnBytes;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next();
      if (this.spent) break;
    }
    if (this.#waiting.length > 0) this.#schedule();
  }
}

/** One for all connections: it is one event loop. */
export const decodingShare = new TurnShare();
