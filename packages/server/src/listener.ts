import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { listenError } from './errors.js';

export interface ListenerSink {
  onSocket(socket: Socket): void;
  /** Accepting failed, as when no file descriptor is left; the listener goes on. */
  onError(error: Error): void;
}

/** A port, or the path of a unix socket, that is listened on without node:http. */
export class Listener {
  readonly #server: Server;
  readonly #sink: ListenerSink;

  constructor(sink: ListenerSink) {
    // Half-open as node:http has it: a peer that has ended its side may still be answered.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => sink.onSocket(socket));
    this.#sink = sink;
  }

  /** Rejects with ServerError. */
  listen(port: number | string, host: string | undefined): Promise<AddressInfo | string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const onError = (error: Error): void => reject(listenError(error, port, host));
      server.once('error', onError);
      const target = typeof port === 'string' ? { path: port } : { port, ...(host !== undefined && { host }) };
      server.listen(target, () => {
        server.off('error', onError).on('error', (error) => this.#sink.onError(error));
        resolve(server.address() ?? '');
      });
    });
  }

  /** Stops listening; sockets that were accepted go on. */
  close(): void {
    this.#server.close();
  }
}
