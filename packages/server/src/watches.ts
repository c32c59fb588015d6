import { TimerWheel, type Clock } from '@sokker/connection';
import type { ServerConnection } from './server-connection.js';
import { Watch } from './watch.js';

export interface WatchOptions {
  readonly pingIntervalMs: number;
  readonly maxMissedPings: number;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly messageTimeoutMs: number;
}

/** Who is told how connections fare. */
export interface WatchSink<Context> {
  /** So many Pings in a row were not answered, and nothing else came. */
  onUnresponsive(connection: ServerConnection<Context>, misses: number): void;
  onIdle(connection: ServerConnection<Context>): void;
  onAged(connection: ServerConnection<Context>): void;
  onStalled(connection: ServerConnection<Context>, elapsedMs: number): void;
  onLatency(milliseconds: number): void;
}

/** How often what may not last longer than a timeout is looked at within it. */
const LOOKS = 4;
/** How late a look may be: milliseconds; four of them are to stay within a second. */
const MAX_TICK_MS = 250;
/** The golden ratio's fraction: its multiples fall evenly between 0 and 1, so that neighbours are looked at apart. */
const GOLDEN = 0.618_033_988_749_895;
/** By how much the greatest ages of connections differ, so that those who came together do not all return together. */
const AGE_SPREAD = 0.1;

/** Watches over the life of all connections of a server, on one wheel. */
export class Watches<Context> {
  readonly options: WatchOptions;
  readonly clock: Clock;
  readonly sink: WatchSink<Context>;
  readonly #wheel: TimerWheel;
  readonly #periodMs: number;
  #count = 0;

  constructor(options: WatchOptions, clock: Clock, sink: WatchSink<Context>) {
    this.options = options;
    this.clock = clock;
    this.sink = sink;
    const { pingIntervalMs, idleTimeoutMs, messageTimeoutMs, maxAgeMs } = options;
    this.#periodMs = Math.min(pingIntervalMs / 2, idleTimeoutMs / LOOKS, messageTimeoutMs / LOOKS, maxAgeMs / LOOKS);
    this.#wheel = new TimerWheel(clock, Math.max(1, Math.min(MAX_TICK_MS, this.#periodMs / LOOKS)));
  }

  /** Watches over a connection, if only to know its age where no option asks for more. */
  begin(connection: ServerConnection<Context>): Watch<Context> {
    const phase = (this.#count++ * GOLDEN) % 1;
    const lifetimeMs = this.options.maxAgeMs * (1 - AGE_SPREAD * phase);
    const now = this.clock.now();
    const watch = new Watch(connection, this, now, lifetimeMs);
    if (this.#periodMs !== Infinity) this.#look(watch, now, this.#periodMs * (1 - phase / 2));
    return watch;
  }

  again(watch: Watch<Context>, now: number): void {
    this.#look(watch, now, this.#periodMs);
  }

  end(watch: Watch<Context>): void {
    this.#wheel.delete(watch);
  }

  readonly onLatency = (milliseconds: number): void => this.sink.onLatency(milliseconds);

  /** In so many milliseconds, or earlier where something is over before. */
  #look(watch: Watch<Context>, now: number, ms: number): void {
    this.#wheel.set(watch, Math.max(1, Math.min(ms, watch.deadline - now)));
  }
}
