import { MAX_TIMER_MS, type CloseRecord } from '@sokker/connection';
import { CloseCode } from '@sokker/frame';
import { ConnectError } from './errors.js';
import { retryAfterMs } from './retry-after.js';

/** How an attempt, or the connection it led to, ended. */
export type Ending =
  | { readonly type: 'failed'; readonly error: Error }
  | { readonly type: 'closed'; readonly record: CloseRecord; readonly lastedMs: number };

/** What follows an ending. */
export type Verdict =
  | { readonly type: 'retry'; readonly delayMs: number }
  /** We closed it ourselves: nothing follows. */
  | { readonly type: 'stop' }
  | { readonly type: 'give up'; readonly error: Error };

export interface RetrySettings {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly stableAfterMs: number;
  readonly maxRetryAfterMs: number;
  readonly maxAttempts: number;
  readonly finalCodes: readonly number[];
  readonly finalStatuses: readonly number[];
  readonly random: () => number;
}

/**
 * When to come back, if at all (RFC 6455 §7.2.3). Full jitter: anything between nothing and a window that doubles, so
 * that clients which lost one server do not meet the next one all at once.
 */
export class RetryPolicy {
  readonly #settings: RetrySettings;
  /** Retries since the last connection that proved stable. */
  #retries = 0;
  /** Attempts that failed one after the other. */
  #failures = 0;

  constructor(settings: RetrySettings) {
    this.#settings = settings;
  }

  after(ending: Ending): Verdict {
    return ending.type === 'failed' ? this.#afterFailure(ending.error) : this.#afterClose(ending);
  }

  #afterFailure(error: Error): Verdict {
    this.#failures++;
    const { finalStatuses, maxAttempts, maxRetryAfterMs } = this.#settings;
    const declined = error instanceof ConnectError ? error : undefined;
    const isFinal = declined?.status !== undefined && finalStatuses.includes(declined.status);
    if (isFinal || this.#failures >= maxAttempts) return { type: 'give up', error };
    const asked = declined?.headers === undefined ? 0 : (retryAfterMs(declined.headers) ?? 0);
    // Not at the very moment that all others were told as well.
    const delayMs = Math.min(asked, maxRetryAfterMs) + this.#jitter();
    return { type: 'retry', delayMs: Math.min(delayMs, MAX_TIMER_MS) };
  }

  #afterClose({ record, lastedMs }: Ending & { type: 'closed' }): Verdict {
    this.#failures = 0;
    if (closedByUs(record)) return { type: 'stop' };
    // A code of our own, for what we could not take, is no word of the server.
    if (record.by !== 'us' && this.#settings.finalCodes.includes(record.code)) {
      const error = new ConnectError('ERR_SOKKER_FINAL_CLOSE', { record, detail: `${record.code}` });
      return { type: 'give up', error };
    }
    if (lastedMs >= this.#settings.stableAfterMs) this.#retries = 0;
    const delayMs = this.#jitter();
    return { type: 'retry', delayMs: record.code === CloseCode.tryAgainLater ? this.#later() : delayMs };
  }

  /** 0 … min(maxDelayMs, minDelayMs · 2ⁿ) */
  #jitter(): number {
    const { minDelayMs, maxDelayMs, random } = this.#settings;
    return random() * Math.min(maxDelayMs, minDelayMs * 2 ** this.#retries++);
  }

  /** The server is overloaded (close code 1013): the upper half of the widest window. */
  #later(): number {
    const { maxDelayMs, random } = this.#settings;
    return (maxDelayMs * (1 + random())) / 2;
  }
}

/**
 * Whether it ended because we closed it, not because of a fault that made us: then that was meant to be the end, whatever
 * befell the closing handshake.
 */
function closedByUs({ by, clean, phase }: CloseRecord): boolean {
  return by === 'us' && (clean || phase === 'closing');
}
