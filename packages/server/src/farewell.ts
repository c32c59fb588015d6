import type { Clock } from '@sokker/connection';
import { encodeResponse, type Refusal } from '@sokker/handshake';
import type { Duplex } from 'node:stream';

/** How long a refused peer may take to read the answer and hang up before the socket is destroyed. */
const LINGER_MS = 1000;
/** How much it may go on to send meanwhile: bytes. */
const DISCARDED_BYTES = 1024 * 1024;

/** For sockets whose end is dealt with at 'close': a broken one must not end the process. */
export function ignoreError(): void {}

/** Answers a refusal and ends the socket. */
export function endWith(socket: Duplex, refusal: Refusal, clock: Clock): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  // Bytes left unread would turn the end into a reset, which may overtake the answer.
  let room = DISCARDED_BYTES;
  socket.on('data', (chunk: Buffer) => {
    room -= chunk.length;
    if (room < 0) socket.destroy();
  });
  socket.resume();
  socket.end(encodeResponse(refusal));
  const timer = clock.setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clock.clearTimeout(timer));
}
