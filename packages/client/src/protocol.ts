import { decodeError, type Codec, type Connection, type SendOptions } from '@sokker/connection';
import { UsageError } from '@sokker/frame';

/** A subprotocol by name, with the types of its messages. */
export interface Protocol<In, Out = In> {
  /** As it stands in Sec-WebSocket-Protocol: an entry for `subprotocols`. */
  readonly name: string;
  /**
   * A connection that speaks it.
   * @throws UsageError `ERR_SOKKER_ARGUMENT` where the server chose another subprotocol, or none
   */
  over(connection: Connection): Dialogue<In, Out>;
}

/** @param codec the mirror image of the server's: its `Out` is our `In` */
export function protocol<In, Out = In>(name: string, codec: Codec<In, Out>): Protocol<In, Out> {
  return {
    name,
    over(connection) {
      if (connection.protocol === name) return new Dialogue(connection, codec);
      throw new UsageError('ERR_SOKKER_ARGUMENT', `the connection does not speak '${name}'`);
    },
  };
}

/** Values in place of messages, over one connection: send them, and iterate over those that come. */
export class Dialogue<In, Out = In> implements AsyncIterable<In> {
  readonly connection: Connection;
  readonly #codec: Codec<In, Out>;

  constructor(connection: Connection, codec: Codec<In, Out>) {
    this.connection = connection;
    this.#codec = codec;
  }

  /** As `connection.send`. */
  send(value: Out, options?: SendOptions): boolean {
    return this.connection.send(this.#codec.encode(value), options);
  }

  /** Values in order; ends when the connection does, or with a message that is none: that closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<In, void, undefined> {
    for await (const message of this.connection) {
      let value: In;
      try {
        value = this.#codec.decode(message);
      } catch (cause) {
        this.connection.fail(decodeError(cause));
        return;
      }
      yield value;
    }
  }
}
