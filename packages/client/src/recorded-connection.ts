import { Connection, type Bytes, type Prepared, type SendOptions } from '@sokker/connection';
import { SentLog } from './sent-log.js';

/** A message that `send` was given and the operating system has not taken: `connection.send(data, options)` sends it. */
export interface UnsentMessage {
  /** As it was given; bytes are not copied. */
  readonly data: string | Bytes | Prepared;
  readonly options: SendOptions | undefined;
}

/**
 * A connection that remembers what it has not got rid of. What it holds is bounded as the connection's own buffer is:
 * `maxBufferedBytes` and one message.
 */
export class RecordedConnection<Context = unknown> extends Connection<Context> {
  readonly #log = new SentLog<UnsentMessage>();

  constructor(...given: ConstructorParameters<typeof Connection<Context>>) {
    super(...given);
    // Asked for the first time, it begins to count.
    this.#log.rest(this.acceptedMessages);
  }

  /** As `send` of any connection; a message given after the end stays in the record. */
  override send(data: string | Bytes | Prepared, options?: SendOptions): boolean {
    const answer = super.send(data, options);
    this.#log.rest(this.acceptedMessages);
    this.#log.add({ data, options });
    return answer;
  }

  /** Hands over what was not taken, oldest first; of the first the peer may have got a part. */
  takeUnsent(): readonly UnsentMessage[] {
    return this.#log.take(this.acceptedMessages);
  }
}
