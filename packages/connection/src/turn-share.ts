// A peer that sends a kilobyte may make us decode a megabyte, and a hundred such peers may be read in one turn of the
// event loop. What all connections of the process decode in a turn is bounded together; the rest waits its turn. What
// is half decoded is memory: with everyone served in rotation, a hundred bombs would be gathered side by side before the
// first of them crosses its limit. So who has begun goes on first, for a few turns; then the others come.

/** Decoded in one turn, over all connections: bytes; 2 to 5 ms of inflating (packages/chaos, F09). */
const TURN_BYTES = 1024 * 1024;
/** What one connection may take of a turn, however little comes of it: milliseconds. */
export const TURN_MS = 5;
/** Turns that one may take in a row while others wait. */
const TURNS_IN_A_ROW = 4;

/** Goes on with some work, as far as the turn allows. */
export type GoOn = () => void;

export class TurnShare {
  readonly #turnBytes: number;
  readonly #waiting: GoOn[] = [];
  #left: number;
  #scheduled = false;
  /** Who had the turn last, and how many times since someone else had it. */
  #current: GoOn | undefined;
  #inARow = 0;

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

  /** Calls back in a later turn; who asks from within its turn, to go on there, is called first. */
  later(goOn: GoOn): void {
    if (goOn === this.#current && this.#inARow < TURNS_IN_A_ROW) this.#waiting.unshift(goOn);
    else this.#waiting.push(goOn);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    this.#left = this.#turnBytes;
    // Once each: who asks for more time while its share is not spent has stopped for the sake of others.
    for (let count = this.#waiting.length; count > 0 && !this.spent; count--) {
      const next = this.#waiting.shift();
      this.#inARow = next === this.#current ? this.#inARow + 1 : 1;
      this.#current = next;
      next?.();
      if (this.#waiting[0] === next) break;
    }
    if (this.#waiting.length > 0) this.#schedule();
    else this.#current = undefined;
  }
}

/** One for all connections: it is one event loop. */
export const decodingShare = new TurnShare();
