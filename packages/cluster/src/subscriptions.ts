import type { Clock } from '@sokker/connection';
import { shown } from '@sokker/frame';
import { ClusterError } from './errors.js';

/** What is done about it. */
export interface Subscriber {
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** A call failed, and is made again: of several failures in a row the first. */
  onFailure(error: ClusterError): void;
}

/** Between two attempts: doubled with every failure. */
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
  /** 'unknown': a call failed, and may have come to pass all the same. */
  subscribed: boolean | 'unknown';
  state: 'at rest' | 'calling' | 'to be tried again';
  failures: number;
  timer: unknown;
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
  /** Cut off: nothing comes, whatever is subscribed to. */
  #isCut = false;
  #isEnded = false;

  constructor(subscriber: Subscriber, clock: Clock) {
    this.#subscriber = subscriber;
    this.#clock = clock;
  }

  /** How many channels are subscribed to. */
  get size(): number {
    let size = 0;
    for (const { subscribed } of this.#entries.values()) if (subscribed === true) size++;
    return size;
  }

  /** Whether what is said in a channel comes here. */
  has(channel: string): boolean {
    return !this.#isCut && this.#entries.get(channel)?.subscribed === true;
  }

  want(channel: string): void {
    if (this.#isEnded) return;
    const entry = this.#entries.get(channel) ?? newEntry(channel);
    this.#entries.set(channel, entry);
    if (!entry.wanted) this.#turn(entry, true);
  }

  unwant(channel: string): void {
    const entry = this.#entries.get(channel);
    if (entry?.wanted !== true) return;
    refuse(entry, new ClusterError('ERR_SOKKER_NOT_SUBSCRIBED', shown(channel)));
    this.#turn(entry, false);
  }

  /** Resolves when what is said in a channel comes here; rejects where it is not wanted, or not any more. */
  settled(channel: string): Promise<void> {
    const entry = this.#entries.get(channel);
    if (this.#isEnded) return Promise.reject(new ClusterError('ERR_SOKKER_CLUSTER_CLOSED'));
    if (entry?.wanted !== true) return Promise.reject(new ClusterError('ERR_SOKKER_NOT_SUBSCRIBED', shown(channel)));
    if (this.#isSettled(entry)) return Promise.resolve();
    return new Promise((resolve, reject) => entry.waiters.push({ resolve, reject }));
  }

  /** Answers whether that is news. */
  cut(): boolean {
    const isNews = !this.#isCut && !this.#isEnded;
    this.#isCut = true;
    return isNews;
  }

  /** Cut off no more: what was to be tried again need not wait. */
  back(): void {
    this.#isCut = false;
    for (const entry of this.#entries.values()) {
      if (entry.state === 'to be tried again') this.#tryAgain(entry);
      else this.#tell(entry);
    }
  }

  /** It is not subscribed to any more. */
  lost(channel: string): void {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return;
    entry.subscribed = 'unknown';
    this.#advance(entry);
  }

  /** Nothing more is called. */
  end(): void {
    this.#isEnded = true;
    for (const entry of this.#entries.values()) {
      this.#clock.clearTimeout(entry.timer);
      refuse(entry, new ClusterError('ERR_SOKKER_CLUSTER_CLOSED'));
    }
    this.#entries.clear();
  }

  #isSettled({ subscribed, state }: Entry): boolean {
    return subscribed === true && state === 'at rest' && !this.#isCut;
  }

  /** What is wanted has changed: an attempt that waits for its time was for the opposite. */
  #turn(entry: Entry, wanted: boolean): void {
    entry.wanted = wanted;
    if (entry.state === 'to be tried again') this.#tryAgain(entry);
    else this.#advance(entry);
  }

  #advance(entry: Entry): void {
    if (entry.state !== 'at rest' || this.#isEnded) return;
    // While it is cut off calls would fail, or wait: of what comes and goes meanwhile there need be none.
    if (entry.wanted !== entry.subscribed) return this.#isCut ? this.#tryLater(entry, 0) : void this.#call(entry);
    if (!entry.wanted) this.#entries.delete(entry.channel);
    this.#tell(entry);
  }

  #tell(entry: Entry): void {
    if (this.#isSettled(entry)) for (const waiter of entry.waiters.splice(0)) waiter.resolve();
  }

  async #call(entry: Entry): Promise<void> {
    const { channel, wanted } = entry;
    entry.state = 'calling';
    try {
      await (wanted ? this.#subscriber.subscribe(channel) : this.#subscriber.unsubscribe(channel));
      entry.failures = 0;
      entry.subscribed = wanted;
    } catch (cause) {
      if (this.#isEnded) return;
      entry.subscribed = 'unknown';
      const code = wanted ? 'ERR_SOKKER_SUBSCRIBE' : 'ERR_SOKKER_UNSUBSCRIBE';
      const failures = entry.failures++;
      if (failures === 0) this.#subscriber.onFailure(new ClusterError(code, shown(channel), { cause }));
      if (entry.wanted === wanted) return this.#tryLater(entry, failures);
    }
    entry.state = 'at rest';
    this.#advance(entry);
  }

  #tryLater(entry: Entry, failures: number): void {
    // Who was told of a failure may have ended it.
    if (this.#isEnded) return;
    entry.state = 'to be tried again';
    const delayMs = Math.min(MIN_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
    entry.timer = this.#clock.setTimeout(() => void this.#call(entry), delayMs);
  }

  #tryAgain(entry: Entry): void {
    this.#clock.clearTimeout(entry.timer);
    entry.state = 'at rest';
    this.#advance(entry);
  }
}

function newEntry(channel: string): Entry {
  return { channel, wanted: false, subscribed: false, state: 'at rest', failures: 0, timer: undefined, waiters: [] };
}

function refuse({ waiters }: Entry, error: Error): void {
  for (const waiter of waiters.splice(0)) waiter.reject(error);
}
