import { ConnectionError, type Clock, type Connection, type ConnectionOwner } from '@sokker/connection';

export interface HeartbeatSettings {
  readonly pingIntervalMs: number;
  readonly maxMissedPings: number;
}

/**
 * Finds out that a server is gone without a word. Anything that comes is a sign of life; a Ping counts as missed only
 * where it was written and we were reading all the while.
 */
export class Heartbeat implements ConnectionOwner {
  readonly #settings: HeartbeatSettings;
  readonly #clock: Clock;
  #connection: Connection | undefined;
  #timer: unknown;
  #heard = false;
  /** A Ping is out, and how often reading had been stopped when it went. */
  #awaiting: { readonly stops: number } | undefined;
  #misses = 0;

  constructor(settings: HeartbeatSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  begin(connection: Connection): void {
    this.#connection = connection;
    this.#schedule();
  }

  takesMessages(): boolean {
    return false;
  }

  onMessage(): void {
    // Others take them.
  }

  onStream(): void {
    // As above.
  }

  onRead(): void {
    this.#heard = true;
  }

  onError(): void {
    // Told by `close`.
  }

  onClose(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => {
      if (this.#connection?.state !== 'open') return;
      // At once: a clock that is handed in may pass several intervals in one go.
      this.#schedule();
      // After an event loop that stood still timers come first: what waits to be read is heard before it counts as missed.
      setImmediate(() => this.#look());
    }, this.#settings.pingIntervalMs);
  }

  #look(): void {
    const connection = this.#connection;
    if (connection?.state !== 'open') return;
    const { written, reading, behind, stops } = connection.vitals();
    if (this.#heard) this.#misses = 0;
    else if (this.#awaiting?.stops === stops && reading && !behind && written) this.#misses++;
    this.#heard = false;
    if (this.#misses >= this.#settings.maxMissedPings) {
      return connection.terminate(new ConnectionError('ERR_SOKKER_UNRESPONSIVE'));
    }
    // To a server that is behind, a Ping would be one more thing to wait for.
    this.#awaiting = written ? { stops } : undefined;
    if (written) connection.probe().catch(() => undefined);
  }
}
