// Two generations: who comes is in the younger, which becomes the elder after a second, and the elder is dropped. A bucket
// that has rested for a second is full, and a full one need not be remembered: a new one is the same.
import { TokenBucket, type Clock } from '@sokker/connection';
import { addressKey } from './address.js';

/** What a bucket needs to be full again: milliseconds. */
const REST_MS = 1000;
/** Addresses in a generation. Of more in a second, those of the elder are forgotten early. */
const MAX_ADDRESSES = 16_384;

/** So many per second, and at once, from each address; networks of IPv6 count as one. */
export class AddressRates {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #younger = new Map<string, TokenBucket>();
  #elder = new Map<string, TokenBucket>();
  #since: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#since = clock.now();
  }

  /** How many addresses are remembered: at most 32 768. */
  get size(): number {
    return this.#younger.size + this.#elder.size;
  }

  /** Takes one of an address; false where none is left. Of a peer without an address there are always more. */
  take(address: string | undefined): boolean {
    if (address === undefined || this.#perSecond === Infinity) return true;
    this.#age();
    const key = addressKey(address);
    let bucket = this.#younger.get(key);
    if (bucket === undefined) {
      bucket = this.#elder.get(key) ?? new TokenBucket(this.#clock, this.#perSecond);
      this.#elder.delete(key);
      this.#younger.set(key, bucket);
    }
    return bucket.take();
  }

  #age(): void {
    const now = this.#clock.now();
    if (now - this.#since < REST_MS && this.#younger.size < MAX_ADDRESSES) return;
    this.#elder = this.#younger;
    this.#younger = new Map();
    this.#since = now;
  }
}
