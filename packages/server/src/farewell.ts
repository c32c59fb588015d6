import { unsentBytes, type Clock } from '@sokker/connection';
import type { Refusal } from '@sokker/handshake';
import type { Duplex } from 'node:stream';
import { closeWith } from './answer.js';

/** How long a refused peer may take to read on, or to hang up behind the answer, before the socket is destroyed. */
const LINGER_MS = 1000;
/** So many times in a row it may do so: an answer of any size is over in ten seconds. */
const MAX_ROUNDS = 10;
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
  closeWith(socket, refusal);
  linger(socket, clock);
}

/** Destroys a socket once nothing of the answer has left for a while. */
function linger(socket: Duplex, clock: Clock): void {
  let waiting = waitingBytes(socket);
  let rounds = 0;
  const look = (): void => {
    const before = waiting;
    waiting = waitingBytes(socket);
    rounds++;
    if (waiting < before && rounds < MAX_ROUNDS) timer = clock.setTimeout(look, LINGER_MS);
    else socket.destroy();
  };
  let timer = clock.setTimeout(look, LINGER_MS);
  socket.once('close', () => clock.clearTimeout(timer));
}

/** What of the answer has not left; a socket tells it of a write that is under way, other streams of whole ones. */
function waitingBytes(socket: Duplex): number {
  return unsentBytes(socket) ?? socket.writableLength;
}
