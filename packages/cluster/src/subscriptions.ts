import type { Clock } from '@sokker/connection';
import { ClusterError } from './errors.js';

/** What is done about it. */
export interface Subscriber {
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Subscribing failed, and is tried again. */
  onFailure(channel: string, cause: unknown): void;
}

/** Between two attempts to subscribe: doubled with every failure. */
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** One channel, from when it is first wanted until it is neither wanted nor subscribed to. */
interface Entry {
  readonly channel: string;
  wanted: boolean;
  subscribed: boolean;
  /** A call is pending, or waits for its turn to be tried again. */
  busy: boolean;
  failures: number;
  retry: unknown;
  readonly waiters: Waiter[];
}

/**
 * Keeps what is subscribed to in step with what is wanted. Of one channel there is one call at a time, and where someone
 * comes and goes meanwhile, what counts is what is wanted when that is done.
 */
export class Subscriptions {
  readonly #subscriber: Subscriber;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #ended = false;

  constructor(subscriber: Subscriber, clock: Clock) {
    this.#subscriber = subscriber;
    this.#clock = clock;
  }

  /** How many channels are subscribed to. */
  get size(): number {
    let size = 0;
    for (const { subscribed } of this.#entries.values()) if (subscribed) size++;
    return size;
  }

  want(channel: string): void {
    const entry = this.#entries.get(channel) ?? newEntry(channel);
    this.#entries.set(channel, entry);
    entry.wanted = true;
    this.#advance(entry);
  }

  unwant(channel: string): void {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return;
    entry.wanted = false;
    refuse(entry, new ClusterError('ERR_SOKKER_NOT_SUBSCRIBED', channel));
    if (entry.retry !== undefined) this.#retryNow(entry);
    else this.#advance(entry);
  }

  /** Resolves when the channel is subscribed to; rejects where it is not wanted, or not any more. */
  settled(channel: string): Promise<void> {
    const entry = this.#entries.get(channel);
    if (this.#ended) return Promise.reject(new ClusterError('ERR_SOKKER_CLUSTER_CLOSED'));
    if (entry?.wanted !== true) return Promise.reject(new ClusterError('ERR_SOKKER_NOT_SUBSCRIBED', channel));
    if (entry.subscribed && !entry.busy) return Promise.resolve();
    return new Promise((resolve, reject) => entry.waiters.push({ resolve, reject }));
  }

  /** Nothing more is called. */
  end(): void {
    this.#ended = true;
    for (const entry of this.#entries.values()) {
      this.#clock.clearTimeout(entry.retry);
      refuse(entry, new ClusterError('ERR_SOKKER_CLUSTER_CLOSED'));
    }
    this.#entries.clear();
  }

  #advance(entry: Entry): void {
    if (entry.busy || this.#ended) return;
    if (entry.wanted !== entry.subscribed) return void this.#step(entry);
    if (!entry.wanted) this.#entries.delete(entry.channel);
    for (const waiter of entry.waiters.splice(0)) waiter.resolve();
  }

  async #step(entry: Entry): Promise<void> {
    const { channel, wanted } = entry;
    entry.busy = true;
    try {
      await (wanted ? this.#subscriber.subscribe(channel) : this.#subscriber.unsubscribe(channel));
      entry.failures = 0;
    } catch (cause) {
      if (this.#ended) return;
      this.#subscriber.onFailure(channel, cause);
      if (wanted) return this.#retryLater(entry);
      // What comes all the same reaches nobody.
    }
    entry.subscribed = wanted;
    entry.busy = false;
    this.#advance(entry);
  }

  #retryLater(entry: Entry): void {
    const delayMs = Math.min(MIN_RETRY_MS * 2 ** entry.failures++, MAX_RETRY_MS);
    entry.retry = this.#clock.setTimeout(() => this.#retryNow(entry), delayMs);
  }

  #retryNow(entry: Entry): void {
    this.#clock.clearTimeout(entry.retry);
    entry.retry = undefined;
    entry.busy = false;
    this.#advance(entry);
  }
}

function newEntry(channel: string): Entry {
  const standing = { wanted: false, subscribed: false, busy: false };
  return { channel, ...standing, failures: 0, retry: undefined, waiters: [] };
}

function refuse({ waiters }: Entry, error: Error): void {
  for (const waiter of waiters.splice(0)) waiter.reject(error);
}
