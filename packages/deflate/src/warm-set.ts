/** Something that holds memory for its next use and can do without. */
export interface Restable {
  /** Gives the memory back; false: it is in use just now. */
  rest(): boolean;
}

/**
 * Bounds how many connections keep their contexts. A context of zlib takes hundreds of KiB, and what thousands of them
 * took the C library seldom returns to the system, not even when all are freed; so there had better never be thousands.
 * The connection that was quiet for longest is put to rest when one more becomes warm.
 */
export class WarmSet<Member extends Restable> {
  readonly #max: number;
  /** In the order of their last use, oldest first. */
  readonly #members = new Set<Member>();

  /** @param max how many; `Infinity`: no bound */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#members.size;
  }

  /** It is being used. */
  touch(member: Member): void {
    this.#members.delete(member);
    this.#members.add(member);
    if (this.#members.size <= this.#max) return;
    // Twice, so that the bound is reached again after one that was in use had to be passed over.
    this.#retireOldest();
    this.#retireOldest();
  }

  /** It holds nothing any more. */
  delete(member: Member): void {
    this.#members.delete(member);
  }

  #retireOldest(): void {
    const [oldest] = this.#members;
    if (oldest === undefined || this.#members.size <= this.#max) return;
    this.#members.delete(oldest);
    if (!oldest.rest()) this.#members.add(oldest);
  }
}
