import type { CloseRecord, MessageStream } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import type { AddressInfo } from 'node:net';
import type { ServerRequest } from './decision.js';
import type { SlowPolicy } from './slow-policy.js';
import type { ServerConnection } from './server-connection.js';

/** How slow a connection is. */
export interface SlowReport {
  readonly bufferedBytes: number;
  /** What is done about it: the option `onSlow`. */
  readonly policy: SlowPolicy;
}

export interface ServerEvents<Context> {
  /** The server listens: an address, or the path of a unix socket. */
  listening: [address: AddressInfo | string];
  /** A WebSocket is open. */
  connection: [connection: ServerConnection<Context>, request: ServerRequest];
  /** A whole message came on any connection; never of a server with `receive: 'stream'`, see `stream`. */
  message: [message: Message, connection: ServerConnection<Context>];
  /** A message has begun on any connection; of a server with `receive: 'stream'` alone. */
  stream: [message: MessageStream, connection: ServerConnection<Context>];
  /** A connection reached `maxBufferedBytes`: once, until `lowWaterMarkBytes` or fewer wait. What the policy does follows. */
  slow: [report: SlowReport, connection: ServerConnection<Context>];
  /** A connection has joined a topic that nobody was in. */
  occupied: [topic: string];
  /** The last connection has left a topic, or ended. */
  vacated: [topic: string];
  /** A connection has ended: once for each. */
  close: [record: CloseRecord, connection: ServerConnection<Context>];
  /**
   * Something went wrong on a connection, or without one in the upgrade function or the listener. Emitted only where
   * someone listens; always published on node:diagnostics_channel. Of a handler that failed where nobody does either, the
   * process warns.
   */
  error: [error: NodeJS.ErrnoException, connection: ServerConnection<Context> | undefined];
}
