import { ConnectionError, type Clock } from '@sokker/connection';
import { CloseCode } from '@sokker/frame';
import { getHeapStatistics } from 'node:v8';
import { limitError } from './errors.js';
import { Ledger } from './ledger.js';
import type { ServerSettings } from './options.js';
import type { Recorder } from './recorder.js';
import type { ServerConnection } from './server-connection.js';
import type { Watch } from './watch.js';
import { Watches, type WatchSink } from './watches.js';

/** Ends connections that are dead, idle, old or stuck, and those that hold most when memory runs short. */
export class Warden<Context> implements WatchSink<Context> {
  readonly ledger: Ledger<ServerConnection<Context>>;
  readonly #settings: ServerSettings<Context>;
  readonly #recorder: Recorder;
  readonly #watches: Watches<Context>;
  #settling = false;

  constructor(settings: ServerSettings<Context>, clock: Clock, recorder: Recorder) {
    const messageTimeoutMs = settings.receive === 'stream' ? Infinity : settings.messageTimeoutMs;
    this.ledger = new Ledger(settings.maxRetainedBytes ?? getHeapStatistics().heap_size_limit / 4);
    this.#settings = settings;
    this.#recorder = recorder;
    this.#watches = new Watches({ ...settings, messageTimeoutMs }, clock, this);
  }

  begin(connection: ServerConnection<Context>): Watch<Context> {
    return this.#watches.begin(connection);
  }

  end(connection: ServerConnection<Context>, watch: Watch<Context>): void {
    this.#watches.end(watch);
    this.ledger.forget(connection);
  }

  /** A connection holds so many bytes; when that is too much in all, those that hold most go. */
  note(connection: ServerConnection<Context>, bytes: number): void {
    this.ledger.note(connection, bytes);
    if (!this.ledger.isOver) return;
    // Where that helps nobody else is looked at: else a broadcast just below the limit would look at all for each of all.
    connection.offerAll();
    if (connection.state !== 'closed') this.ledger.note(connection, connection.retainedBytes);
    if (this.ledger.isOver) this.settle();
  }

  /** Looks at every connection again, since what was noted may have changed; where it is too much, those that hold most go. */
  settle(): void {
    // Who hears of an end may send, or ask how much is held: that is counted, and this call sees to it.
    if (this.#settling) return;
    this.#settling = true;
    try {
      // What this turn has sent was offered to nobody yet: who reads takes it.
      this.ledger.settle(this.ledger.isOver ? (connection) => connection.offerAll() : undefined);
      while (this.ledger.isOver) this.#relieve();
    } finally {
      this.#settling = false;
    }
  }

  onUnresponsive(connection: ServerConnection<Context>, misses: number): void {
    this.#recorder.record('unresponsive', { connection, misses });
    connection.terminate(new ConnectionError('ERR_SOKKER_UNRESPONSIVE'));
  }

  onIdle(connection: ServerConnection<Context>): void {
    this.#recorder.record('idle', { connection });
    void connection.close(CloseCode.goingAway, 'idle');
  }

  onAged(connection: ServerConnection<Context>): void {
    this.#recorder.record('expire', { connection });
    void connection.close(CloseCode.goingAway, 'maximum age');
  }

  onStalled(connection: ServerConnection<Context>, elapsedMs: number): void {
    this.#recorder.record('stall', { connection, elapsedMs });
    connection.fail(limitError('ERR_SOKKER_MESSAGE_TIMEOUT', this.#settings.messageTimeoutMs, elapsedMs));
  }

  onLatency(milliseconds: number): void {
    this.#recorder.measure('pingMs', milliseconds);
  }

  /**
   * Ends those that hold most until it is no longer tight: to stop just below the limit would have the next note look at
   * everybody again, thousands of times in one broadcast.
   */
  #relieve(): void {
    const { ledger } = this;
    for (const connection of ledger.biggest()) {
      if (!ledger.isTight) return;
      const retainedBytes = Math.ceil(ledger.used);
      // Those that another's end has ended are struck out already.
      if (!ledger.forget(connection)) continue;
      this.#recorder.record('overBudget', { connection, retainedBytes });
      this.#end(connection, limitError('ERR_SOKKER_OVER_BUDGET', Math.floor(ledger.limit), retainedBytes));
    }
  }

  /** With a Close, unless that would wait behind what the peer leaves unread. */
  #end(connection: ServerConnection<Context>, error: Error): void {
    if (connection.bufferedBytes > 0) connection.terminate(error);
    else connection.fail(error);
  }
}
