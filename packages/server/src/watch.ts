import type { Vitals, WheelEntry } from '@sokker/connection';
import type { ServerConnection } from './server-connection.js';
import type { Watches } from './watches.js';

/**
 * Knows a connection's age and, where an option asks for it, looks at it again and again. A Ping goes every
 * `pingIntervalMs`, and after every half of it for as long as nothing at all comes; a Ping counts as missed only where
 * it was written and we were reading all the while.
 */
export class Watch<Context> implements WheelEntry {
  dueTick: number | undefined = undefined;
  /** Whole milliseconds of the clock. */
  readonly openedAt: number;
  readonly #connection: ServerConnection<Context>;
  readonly #watches: Watches<Context>;
  /** undefined: it may live for ever. */
  readonly #endOfLife: number | undefined;
  /** As it was at the last look: what had come and gone, how often reading had been stopped. */
  #bytes = 0;
  #messages = 0;
  #sent = 0;
  #stops = 0;
  #pingedAt: number;
  #activeAt: number;
  /** Since when a message has been arriving. */
  #arrivingSince: number | undefined;
  /** A Ping is out, and nothing has come since. */
  #awaiting = false;
  #misses = 0;

  constructor(connection: ServerConnection<Context>, watches: Watches<Context>, now: number, lifetimeMs: number) {
    this.#connection = connection;
    this.#watches = watches;
    // Whole milliseconds: V8 keeps them in place, fractions in objects of their own.
    this.openedAt = Math.floor(now);
    this.#pingedAt = this.openedAt;
    this.#activeAt = this.openedAt;
    this.#endOfLife = lifetimeMs === Infinity ? undefined : Math.floor(now + lifetimeMs);
  }

  /** When it must be looked at at the latest, however far the next look would be. */
  get deadline(): number {
    const { messageTimeoutMs } = this.#watches.options;
    return Math.min(this.#endOfLife ?? Infinity, (this.#arrivingSince ?? Infinity) + messageTimeoutMs);
  }

  onDue(): void {
    if (this.#connection.state !== 'open') return;
    const now = Math.floor(this.#watches.clock.now());
    const vitals = this.#connection.vitals();
    const goesOn = this.#checkPulse(now, vitals) && this.#checkIdle(now, vitals) && this.#checkArrival(now, vitals);
    if (!goesOn) return;
    this.#bytes = vitals.bytesReceived;
    this.#messages = vitals.messagesReceived;
    this.#sent = vitals.messagesSent;
    this.#stops = vitals.stops;
    if (this.#endOfLife === undefined || now < this.#endOfLife) this.#watches.again(this, now);
    else this.#watches.sink.onAged(this.#connection);
  }

  #checkPulse(now: number, vitals: Vitals): boolean {
    const { pingIntervalMs, maxMissedPings } = this.#watches.options;
    const sincePing = now - this.#pingedAt;
    if (this.#hears(vitals)) {
      this.#awaiting = false;
      this.#misses = 0;
      if (sincePing >= pingIntervalMs) this.#ping(now, vitals);
      return true;
    }
    if (sincePing < pingIntervalMs / 2) return true;
    // A burst of messages may take many turns to hand on, and its Pong comes behind it.
    const isLate = this.#awaiting && vitals.written && !vitals.behind;
    if (isLate && this.#hasBeenReading(vitals)) this.#misses++;
    if (this.#misses < maxMissedPings) {
      this.#ping(now, vitals);
      return true;
    }
    this.#watches.sink.onUnresponsive(this.#connection, this.#misses);
    return false;
  }

  /** To a peer that is behind a Ping would be one more thing to wait for; what it does not read is bounded elsewhere. */
  #ping(now: number, vitals: Vitals): void {
    this.#pingedAt = now;
    this.#awaiting = vitals.written;
    if (!vitals.written) return;
    this.#connection.probe().then(this.#watches.onLatency, () => undefined);
  }

  #checkIdle(now: number, vitals: Vitals): boolean {
    const passing = (this.#hears(vitals) && vitals.receiving) || vitals.sending || !vitals.written;
    const messages = vitals.messagesReceived !== this.#messages || vitals.messagesSent !== this.#sent;
    if (passing || messages) this.#activeAt = now;
    if (now - this.#activeAt < this.#watches.options.idleTimeoutMs) return true;
    this.#watches.sink.onIdle(this.#connection);
    return false;
  }

  #checkArrival(now: number, vitals: Vitals): boolean {
    const isSame = vitals.receiving && vitals.messagesReceived === this.#messages;
    if (!isSame || !this.#hasBeenReading(vitals)) {
      this.#arrivingSince = vitals.receiving ? now : undefined;
      return true;
    }
    this.#arrivingSince ??= now;
    const elapsed = now - this.#arrivingSince;
    if (elapsed < this.#watches.options.messageTimeoutMs) return true;
    this.#watches.sink.onStalled(this.#connection, Math.ceil(elapsed));
    return false;
  }

  /** Whether anything came since the last look. */
  #hears(vitals: Vitals): boolean {
    return vitals.bytesReceived !== this.#bytes;
  }

  #hasBeenReading(vitals: Vitals): boolean {
    return vitals.reading && vitals.stops === this.#stops;
  }
}
