import type { Duplex } from 'node:stream';
import { ServerError } from './errors.js';

/**
 * Sockets that were taken from node:http, by whichever server: it hands the same one to everyone who listens for
 * 'upgrade', and a second answer would reach the peer in the middle of its WebSocket.
 */
const TAKEN = new WeakSet<Duplex>();

export function isTaken(socket: Duplex): boolean {
  return TAKEN.has(socket);
}

/** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
export function take(socket: Duplex): void {
  if (TAKEN.has(socket)) throw new ServerError('ERR_SOKKER_SOCKET_TAKEN');
  TAKEN.add(socket);
}
