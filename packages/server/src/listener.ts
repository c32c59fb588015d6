import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ServerError } from './errors.js';
import { listenError } from './listen-error.js';

/**
 * Connections that the kernel holds for us while the event loop is busy: as many as Linux allows by default
 * (net.core.somaxconn). Node asks for 511: when thousands come back at once, the kernel drops what is over, and a peer
 * that it dropped tries again a second later, or believes itself connected all the while (packages/chaos, F01, F23).
 */
const BACKLOG = 4096;

export interface ListenerSink {
  onSocket(socket: Socket): void;
  /** Accepting failed, as when no file descriptor is left; the listener goes on. */
  onError(error: Error): void;
}

/** A port, or the path of a unix socket, that is listened on without node:http. */
export class Listener {
  readonly #server: Server;
  readonly #sink: ListenerSink;
  #isClosed = false;
  /** Rejects a `listen` that is pending. */
  #giveUp: (() => void) | undefined;

  constructor(sink: ListenerSink) {
    // Half-open as node:http has it: a peer that has ended its side may still be answered.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => sink.onSocket(socket));
    this.#sink = sink;
  }

  /** Rejects with ServerError, also where it is closed first. */
  listen(port: number | string, host: string | undefined): Promise<AddressInfo | string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(new ServerError('ERR_SOKKER_SERVER_CLOSED'));
      const onError = (error: Error): void => reject(listenError(error, port, host));
      server.once('error', onError);
      const target = typeof port === 'string' ? { path: port } : { port, ...(host !== undefined && { host }) };
      server.listen({ ...target, backlog: BACKLOG }, () => {
        // A host that was being looked up when it was closed has been found.
        if (this.#isClosed) {
          server.close();
          return;
        }
        server.off('error', onError).on('error', (error) => this.#sink.onError(error));
        resolve(server.address() ?? '');
      });
    });
  }

  /** Stops listening; sockets that were accepted go on. */
  close(): void {
    this.#isClosed = true;
    this.#server.close();
    this.#giveUp?.();
  }
}
