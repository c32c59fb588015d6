import { Bearer } from '@sokker/connection';
import type { Duplex } from 'node:stream';
import { ServerError } from './errors.js';

/**
 * A socket that was taken from node:http, by whichever server: it hands the same one to everyone who listens for
 * 'upgrade', and a second answer would reach the peer in the middle of its WebSocket.
 */
export class TakenSocket extends Bearer {
  readonly #taken = true;

  static is(socket: Duplex): boolean {
    return #taken in socket;
  }

  /** @throws ServerError `ERR_SOKKER_SOCKET_TAKEN` */
  static take(socket: Duplex): TakenSocket {
    if (TakenSocket.is(socket)) throw new ServerError('ERR_SOKKER_SOCKET_TAKEN');
    return new TakenSocket(socket);
  }
}
