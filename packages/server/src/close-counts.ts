/** Codes of libraries and applications that are counted each by itself. */
const MAX_PRIVATE_CODES = 64;
/** Codes from here on are theirs (RFC 6455 §7.4.2). */
const FIRST_PRIVATE_CODE = 3000;

/**
 * Ended connections by close code. A peer may send any of two thousand (RFC 6455 §7.4.2), and each would be a time
 * series of whoever watches, for ever: behind the first 64 that came, others count under the first of their thousand.
 */
export class CloseCounts {
  readonly #counts = new Map<number, number>();
  #privateCodes = 0;

  add(code: number): void {
    const counted = this.#countedAs(code);
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
  }

  values(): Readonly<Record<number, number>> {
    return Object.fromEntries(this.#counts);
  }

  #countedAs(code: number): number {
    if (code < FIRST_PRIVATE_CODE || this.#counts.has(code)) return code;
    if (this.#privateCodes === MAX_PRIVATE_CODES) return code - (code % 1000);
    this.#privateCodes++;
    return code;
  }
}
