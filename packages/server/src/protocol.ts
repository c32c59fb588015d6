import { decodeError, LateEmitter, prepare, type CloseRecord, type Codec } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import { captureRejectionSymbol, type EventEmitter } from 'node:events';
import { checkDecoded } from './arguments.js';
import type { BroadcastOptions } from './broadcast-options.js';
import { audienceOf, broadcastSettings, broadcastTo, type Audience, type BroadcastReport } from './broadcast.js';
import { connectionIn } from './connection-in.js';
import type { ServerRequest } from './decision.js';
import type { ServerSendOptions } from './home.js';
import type { ServerConnection } from './server-connection.js';

export interface ProtocolEvents<In, Context> {
  /** A WebSocket that speaks this subprotocol is open. */
  connection: [connection: ServerConnection<Context>, request: ServerRequest];
  /** A message came, decoded; never of a server with `receive: 'stream'`. */
  message: [value: In, connection: ServerConnection<Context>];
  /** A connection that speaks this subprotocol has ended. */
  close: [record: CloseRecord, connection: ServerConnection<Context>];
}

/**
 * The connections of a server that speak one subprotocol, with messages of its types; made by `server.protocol`. What a
 * listener throws, or rejects, closes the connection concerned with 1011.
 */
export class Protocol<In, Out, Context = unknown> extends LateEmitter<ProtocolEvents<In, Context>> {
  /** As it stands in Sec-WebSocket-Protocol. */
  readonly name: string;
  readonly #codec: Codec<In, Out>;
  readonly #home: Audience<Context>;

  // As that of ServerConnection.
  private constructor(name: string, codec: Codec<In, Out>, home: Audience<Context>) {
    super();
    this.name = name;
    this.#codec = codec;
    this.#home = home;
  }

  /** @internal For the server, whose connections they are. */
  static of<In, Out, Context>(
    name: string,
    codec: Codec<In, Out>,
    home: Audience<Context>,
  ): Protocol<In, Out, Context> {
    return new Protocol(name, codec, home);
  }

  /** @internal Someone listens for messages now: those that waited are handed on. */
  deliver(): void {
    for (const connection of this.#speakers(this.#home.view)) connection.deliver();
  }

  /** Sends a value to one connection; answers as `connection.send`. */
  send(connection: ServerConnection<Context>, value: Out, options?: ServerSendOptions): boolean {
    return connection.send(this.#codec.encode(value), options);
  }

  /** Sends a value to every connection that speaks this subprotocol, or to those of `to` that do; encoded once. */
  broadcast(value: Out, options: BroadcastOptions<Context> = {}): BroadcastReport {
    const settings = broadcastSettings<Context>(options);
    const speakers = this.#speakers(audienceOf(this.#home, settings));
    return broadcastTo(speakers, prepare(this.#codec.encode(value), { type: settings.type }), settings);
  }

  /**
   * Hands a message to the listeners; false where the codec refuses it; for the server.
   * @internal
   */
  receive(message: Message, connection: ServerConnection<Context>): boolean {
    const value = this.#decode(message, connection);
    if (value === undefined || !this.#isSettled(value.decoded, connection)) return false;
    this.tell('message', value.decoded, connection);
    return true;
  }

  /**
   * Emits; what a listener throws fails the connection; for the server.
   * @internal
   */
  tell<Name extends keyof ProtocolEvents<In, Context>>(name: Name, ...args: ProtocolEvents<In, Context>[Name]): void {
    try {
      (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      this[captureRejectionSymbol](error, name, ...args);
    }
  }

  /** A listener threw, or its promise was rejected: to its connection that is as if it had listened there. */
  override [captureRejectionSymbol](...[error, , ...args]: readonly unknown[]): void {
    connectionIn(args)?.[captureRejectionSymbol](error);
  }

  #isSettled(decoded: In, connection: ServerConnection<Context>): boolean {
    try {
      checkDecoded(decoded);
      return true;
    } catch (error) {
      // No fault of the peer: as if a listener had thrown.
      this[captureRejectionSymbol](error, 'message', connection);
      return false;
    }
  }

  #speakers(connections: Iterable<ServerConnection<Context>>): ServerConnection<Context>[] {
    return [...connections].filter(({ protocol }) => protocol === this.name);
  }

  #decode(message: Message, connection: ServerConnection<Context>): { readonly decoded: In } | undefined {
    try {
      return { decoded: this.#codec.decode(message) };
    } catch (error) {
      connection.fail(decodeError(error));
      return undefined;
    }
  }
}
