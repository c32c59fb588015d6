// Node emits 'upgrade' as soon as it has read the request, also where it owes the peer answers to others that came
// before on the same connection. A 101 written at once would overtake them, and they would go into the WebSocket. To
// refuse instead would hit peers that did nothing wrong: a proxy that has got all bytes of an answer may use the
// connection again before the application has ended that answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ignoreError } from './farewell.js';

/** What is used of a socket that node:http serves, which does not document it: the response it is at. */
interface ServedSocket {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Goes on once all that came before `request` is answered (RFC 9112 §9.3.2), at once where it is; gives up where the
 * connection ends with such an answer, or before it.
 */
export function afterAnswers(request: IncomingMessage, socket: Duplex, goOn: () => void, giveUp?: () => void): void {
  const response = (socket as ServedSocket)._httpMessage;
  // Middleware is run over an upgrade request with a response that nobody ends.
  if (!response || response.closed || response.req === request) {
    goOn();
    return;
  }
  socket.on('error', ignoreError);
  // Node has let go of the socket, and an answer that filled it would wait for this forever.
  const onDrain = (): boolean => response.emit('drain');
  socket.on('drain', onDrain);
  response.once('close', () => {
    socket.off('drain', onDrain);
    if (!socket.writable) {
      giveUp?.();
      return;
    }
    // node:http has begun to wait for the next request.
    if ('setTimeout' in socket) (socket as Socket).setTimeout(0);
    socket.off('error', ignoreError);
    afterAnswers(request, socket, goOn, giveUp);
  });
}
