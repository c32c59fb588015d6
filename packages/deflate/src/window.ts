const NOTHING = Buffer.alloc(0);

/**
 * The last bytes of what was inflated, as far back as the peer may refer. Node gives no way to ask zlib for them, and
 * two things need them: going on after a final block, and giving an idle connection's inflater back. Grows with what it
 * sees, up to its capacity.
 */
export class Window {
  readonly #capacity: number;
  #ring = NOTHING;
  #end = 0;
  #filled = 0;

  /** @param capacity bytes; 2 to the power of the negotiated window bits */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Copies; the bytes stay the caller's. */
  push(bytes: Buffer): void {
    const tail = bytes.length > this.#capacity ? bytes.subarray(-this.#capacity) : bytes;
    if (tail.length === 0) return;
    this.#reserve(Math.min(this.#capacity, this.#filled + tail.length));
    const straight = tail.copy(this.#ring, this.#end);
    if (straight < tail.length) tail.copy(this.#ring, 0, straight);
    this.#end = (this.#end + tail.length) % this.#ring.length;
    this.#filled = Math.min(this.#capacity, this.#filled + tail.length);
  }

  /** A copy, oldest byte first. */
  bytes(): Buffer {
    if (this.#filled < this.#ring.length) return Buffer.from(this.#ring.subarray(0, this.#filled));
    return Buffer.concat([this.#ring.subarray(this.#end), this.#ring.subarray(0, this.#end)]);
  }

  /** Forgets the bytes, keeps the room. */
  clear(): void {
    this.#end = 0;
    this.#filled = 0;
  }

  /** A ring that is not yet as large as it may get has never wrapped, so its bytes begin at 0. */
  #reserve(bytes: number): void {
    if (bytes <= this.#ring.length) return;
    const grown = Buffer.alloc(Math.min(this.#capacity, Math.max(bytes, 2 * this.#ring.length)));
    this.#ring.copy(grown, 0, 0, this.#filled);
    this.#ring = grown;
    this.#end = this.#filled;
  }
}
