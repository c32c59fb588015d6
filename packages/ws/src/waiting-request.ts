import { Bearer } from '@sokker/connection';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from './websocket.js';

/** Takes a request that was let in, as the WebSocket that it has become. */
export type Taker<Socket extends WebSocket> = (socket: Socket, request: IncomingMessage) => void;

/** What a request of node:http waits with while it is decided on. */
export class WaitingRequest extends Bearer {
  readonly #socket: Duplex;
  readonly #taker: Taker<never>;

  /** @throws Error where it was handed over before */
  constructor(request: IncomingMessage, socket: Duplex, taker: Taker<never>) {
    if (#socket in request) throw new Error('server.handleUpgrade() was called twice with the same request');
    super(request);
    this.#socket = socket;
    this.#taker = taker;
  }

  static of(request: IncomingMessage): { readonly socket: Duplex; readonly taker: Taker<never> } | undefined {
    if (!(#socket in request)) return undefined;
    const waiting = request as object as WaitingRequest;
    return { socket: waiting.#socket, taker: waiting.#taker };
  }
}
