import { TokenBucket, type Clock } from '@sokker/connection';
import type { HandshakeError } from '@sokker/handshake';
import { AddressRates } from './address-rates.js';
import { addressKey } from './address.js';
import { violation } from './errors.js';

export interface GateOptions {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxHandshakesPerSecond: number;
  readonly maxHandshakesPerSecondPerAddress: number;
}

/** Counts who is in, from the moment a request is looked at until the connection, or the handshake, has ended. */
export class Gate {
  readonly #options: GateOptions;
  readonly #handshakes: TokenBucket;
  readonly #rates: AddressRates;
  readonly #perAddress = new Map<string, number>();
  #count = 0;

  constructor(options: GateOptions, clock: Clock) {
    this.#options = options;
    this.#handshakes = new TokenBucket(clock, options.maxHandshakesPerSecond);
    this.#rates = new AddressRates(clock, options.maxHandshakesPerSecondPerAddress);
  }

  /** Lets someone in, or answers why not; who was let in must `leave`. */
  enter(address: string | undefined): HandshakeError | undefined {
    // What concerns the address first, so that one cannot use up what there is for all.
    if (!this.#rates.take(address)) return violation('ERR_SOKKER_TOO_MANY_HANDSHAKES_FROM_ADDRESS');
    const key = this.#keyOf(address);
    const count = this.#perAddress.get(key) ?? 0;
    if (count >= this.#options.maxConnectionsPerAddress) return violation('ERR_SOKKER_TOO_MANY_FROM_ADDRESS');
    if (!this.#handshakes.take()) return violation('ERR_SOKKER_TOO_MANY_HANDSHAKES');
    if (this.#count >= this.#options.maxConnections) return violation('ERR_SOKKER_TOO_MANY_CONNECTIONS');
    this.#count++;
    if (key !== '') this.#perAddress.set(key, count + 1);
    return undefined;
  }

  leave(address: string | undefined): void {
    this.#count--;
    const key = this.#keyOf(address);
    const count = (this.#perAddress.get(key) ?? 0) - 1;
    if (count > 0) this.#perAddress.set(key, count);
    else this.#perAddress.delete(key);
  }

  /** Empty for those that are not counted: where there is no limit, and peers without an address. */
  #keyOf(address = ''): string {
    return this.#options.maxConnectionsPerAddress === Infinity || address === '' ? '' : addressKey(address);
  }
}
