import { LimitError } from '@sokker/frame';
import type { ConnectionSettings } from './options.js';
import { TokenBucket } from './token-bucket.js';
import { VIOLATIONS } from './violations.js';

type RateCode = 'ERR_SOKKER_MESSAGE_RATE' | 'ERR_SOKKER_CONTROL_RATE';

/** How often a peer may send what. */
export class Rates {
  readonly #settings: ConnectionSettings;
  readonly #messages: TokenBucket;
  readonly #control: TokenBucket;

  /** Undefined where nothing is bounded. */
  static of(settings: ConnectionSettings): Rates | undefined {
    const { maxMessagesPerSecond, maxControlFramesPerSecond } = settings;
    return Math.min(maxMessagesPerSecond, maxControlFramesPerSecond) === Infinity ? undefined : new Rates(settings);
  }

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#messages = new TokenBucket(settings.clock, settings.maxMessagesPerSecond);
    this.#control = new TokenBucket(settings.clock, settings.maxControlFramesPerSecond);
  }

  /** @throws LimitError `ERR_SOKKER_MESSAGE_RATE` (1008) */
  takeMessage(): void {
    if (!this.#messages.take()) throw exceeded('ERR_SOKKER_MESSAGE_RATE', this.#settings.maxMessagesPerSecond);
  }

  /** @throws LimitError `ERR_SOKKER_CONTROL_RATE` (1008) */
  takeControlFrame(): void {
    if (!this.#control.take()) throw exceeded('ERR_SOKKER_CONTROL_RATE', this.#settings.maxControlFramesPerSecond);
  }
}

/** What was counted when it was too much is one more than the bucket held; nobody counts what still comes. */
function exceeded(code: RateCode, limit: number): LimitError<RateCode> {
  return new LimitError(code, VIOLATIONS[code], limit, limit + 1);
}
