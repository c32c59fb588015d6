import { Bearer, type Connection, type ConnectionOwner } from '@sokker/connection';
import { received } from './data.js';
import { errorFor, throwLater } from './errors.js';
import { WebSocket } from './websocket.js';

/** What WebSocket a connection has above it: its context is the application's, which may set it by `server.sokker`. */
export class Above extends Bearer {
  readonly #socket: WebSocket;

  constructor(connection: Connection, socket: WebSocket) {
    super(connection);
    this.#socket = socket;
  }

  static of(connection: Connection): WebSocket | undefined {
    return #socket in connection ? (connection as unknown as Above).#socket : undefined;
  }
}

/**
 * Has what happens to connections told by the WebSockets above them: one object for all, so that an idle one takes no
 * memory for it.
 */
export const OWNER: ConnectionOwner = {
  takesMessages: () => true,
  hearsErrors: () => true,

  onMessage({ type, data }, connection) {
    const socket = Above.of(connection);
    if (socket === undefined) return;
    try {
      socket.emit('message', received(type, data, socket.binaryType), type === 'binary');
    } catch (error) {
      throwLater(error);
    }
  },

  /** Messages are received whole. */
  onStream: () => undefined,

  /** That a connection was lost is told by `close` alone, as `ws` has it. */
  onError(error: NodeJS.ErrnoException, connection) {
    const socket = Above.of(connection);
    if (socket === undefined || error.code === 'ERR_SOKKER_CONNECTION_LOST') return;
    if (socket.listenerCount('error') > 0) WebSocket.tell(socket, 'error', errorFor(error));
  },

  onClose(record, connection) {
    const socket = Above.of(connection);
    if (socket !== undefined) WebSocket.end(socket, record);
  },
};
