import {
  Connection,
  type Bytes,
  type CloseRecord,
  type Prepared,
  type SendOptions,
  type Vitals,
} from '@sokker/connection';
import { SentLog } from './sent-log.js';

/** A message that `send` was given and the operating system has not taken: `connection.send(data, options)` sends it. */
export interface UnsentMessage {
  /** As it was given; bytes are not copied. */
  readonly data: string | Bytes | Prepared;
  readonly options: SendOptions | undefined;
}

/**
 * A connection that remembers what it has not got rid of. While it is open that is bounded as its own buffer is, by
 * `maxBufferedBytes` and one message. While it is closing, which lasts as long as what was sent goes on
 * leaving, and `closeTimeoutMs`, what is given is added: its place is behind messages that may still leave. Once it has ended nothing stays here.
 */
export class RecordedConnection<Context = unknown> extends Connection<Context> {
  readonly #log = new SentLog<UnsentMessage>();
  readonly #onUnsent: (messages: readonly UnsentMessage[]) => void;
  #closeCalled = false;
  /** @internal Called whenever `close` has been: who waits to come back need not wait any longer. */
  onCloseCalled: (() => void) | undefined = undefined;

  /** @param onUnsent takes what was not sent, see `handBack`; it must not send on this connection */
  constructor(
    onUnsent: (messages: readonly UnsentMessage[]) => void,
    ...given: ConstructorParameters<typeof Connection<Context>>
  ) {
    super(...given);
    this.#onUnsent = onUnsent;
    // Asked for the first time, it begins to count.
    this.#log.settle(this.acceptedMessages);
  }

  /** As `send` of any connection; a message given after the end comes back at once, behind those that were left. */
  override send(data: string | Bytes | Prepared, options?: SendOptions): boolean {
    const ended = this.state === 'closed';
    const answer = super.send(data, options);
    this.#log.settle(this.acceptedMessages);
    this.#log.add({ data, options });
    if (ended) this.handBack();
    return answer;
  }

  /** Whether `close` was called, be it behind a Close of the peer or a loss, of which alone the record tells then. */
  get closeCalled(): boolean {
    return this.#closeCalled;
  }

  /** As of any connection. */
  override close(code?: number | null, reason?: string): Promise<CloseRecord> {
    const closed = super.close(code, reason);
    this.#closeCalled = true;
    this.onCloseCalled?.();
    return closed;
  }

  /** As of any connection. Whoever watches over it asks now and then, and then what was taken is let go here as well. */
  override vitals(): Vitals {
    this.#log.settle(this.acceptedMessages);
    return super.vitals();
  }

  /** Of a connection that has ended: hands back what was not taken, oldest first; the peer may have got a part of it. */
  handBack(): void {
    const unsent = this.#log.take(this.acceptedMessages);
    if (unsent.length > 0) this.#onUnsent(unsent);
  }
}
