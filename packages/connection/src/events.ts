import type { Message } from '@sokker/frame';
import type { CloseRecord } from './close-record.js';
import type { Connection } from './connection.js';
import type { MessageStream } from './message-stream.js';

export interface ConnectionEvents {
  /** A whole message; never of a connection with `receive: 'stream'`, whose messages all come as `stream`. */
  message: [message: Message];
  /** A message has begun; of a connection with `receive: 'stream'` alone. */
  stream: [message: MessageStream];
  /** The peer sent a Ping; it was answered. */
  ping: [payload: Buffer];
  pong: [payload: Buffer];
  /** After `send` answered false: no more than `lowWaterMarkBytes` wait to be sent. */
  drain: [];
  /**
   * The connection has ended: exactly once, and the last event of the connection. All that can follow is an `error` of
   * the application's own: a handler that fails later, or a listener of this event.
   */
  close: [record: CloseRecord];
  /**
   * Something went wrong; emitted only where someone listens. `close` follows. Of a handler that failed where nobody
   * listens, the process warns.
   */
  error: [error: NodeJS.ErrnoException];
}

/** Someone who looks after many connections, a server for one: one object for all, so that none needs its own closures. */
export interface ConnectionOwner<Context = unknown> {
  /** Whether messages are wanted here. */
  takesMessages(connection: Connection<Context>): boolean;
  onMessage(message: Message, connection: Connection<Context>): void;
  onStream(message: MessageStream, connection: Connection<Context>): void;
  /** A chunk was read and dealt with, or more of one was decoded in a later turn. */
  onRead?(connection: Connection<Context>): void;
  /** Little enough waits again; before `drain` is emitted. */
  onDrain?(connection: Connection<Context>): void;
  onClose(record: CloseRecord, connection: Connection<Context>): void;
  onError(error: Error, connection: Connection<Context>): void;
  /** Whether `onError` reaches someone: else the process warns of handlers that fail, where nobody else listens either. */
  hearsErrors?(): boolean;
}
