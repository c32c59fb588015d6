import type { CloseRecord, Connection } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import { received } from './data.js';
import { errorFor, throwLater } from './errors.js';
import type { RawData } from './events.js';
import { WebSocket } from './websocket.js';

type Beneath = Connection<WebSocket>;

/**
 * Has the events of a connection told by the WebSocket that is its context. The listeners are the same for all, and find
 * theirs by what they are called on: an idle connection takes no memory for them.
 */
export function hear(connection: Beneath): void {
  connection.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
}

function onMessage(this: Beneath, message: Message): void {
  const { context: socket } = this;
  try {
    socket.emit('message', received(message, socket.binaryType) as RawData, message.type === 'binary');
  } catch (error) {
    throwLater(error);
  }
}

function onPing(this: Beneath, data: Buffer): void {
  WebSocket.tell(this.context, 'ping', data);
}

function onPong(this: Beneath, data: Buffer): void {
  WebSocket.tell(this.context, 'pong', data);
}

/** That a connection was lost is told by `close` alone, as `ws` has it. */
function onError(this: Beneath, error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_SOKKER_CONNECTION_LOST') WebSocket.tell(this.context, 'error', errorFor(error));
}

function onClose(this: Beneath, record: CloseRecord): void {
  WebSocket.end(this.context, record);
}
