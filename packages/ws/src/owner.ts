import type { ConnectionOwner } from '@sokker/connection';
import { received } from './data.js';
import { errorFor, throwLater } from './errors.js';
import type { RawData } from './events.js';
import { WebSocket } from './websocket.js';

/**
 * Has what happens to connections told by the WebSocket that is the context of each: one object for all, so that an idle
 * one takes no memory for it.
 */
export const OWNER: ConnectionOwner<WebSocket> = {
  takesMessages: () => true,
  hearsErrors: () => true,

  onMessage({ type, data }, { context: socket }) {
    try {
      socket.emit('message', received(type, data, socket.binaryType) as RawData, type === 'binary');
    } catch (error) {
      throwLater(error);
    }
  },

  /** Messages are received whole. */
  onStream: () => undefined,

  /** That a connection was lost is told by `close` alone, as `ws` has it. */
  onError(error: NodeJS.ErrnoException, { context: socket }) {
    if (error.code !== 'ERR_SOKKER_CONNECTION_LOST') WebSocket.tell(socket, 'error', errorFor(error));
  },

  onClose(record, { context: socket }) {
    WebSocket.end(socket, record);
  },
};
