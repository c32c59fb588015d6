import { examine } from '@sokker/handshake';
import { reject, SokkerServer, type Admission, type ServerConnection, type ServerRequest } from '@sokker/server';
import http, { STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { extensionsOf } from './deflate-options.js';
import { throwLater } from './errors.js';
import { addedHeaders, switchingLines } from './header-lines.js';
import { WEB_SOCKET_SERVER_OPTIONS, type WebSocketServerOptions, type ServerSettings } from './server-options.js';
import { Above, OWNER } from './owner.js';
import { bound, settle } from './shared-options.js';
import { isFor, share, unshare } from './sharing.js';
import { TypedEmitter } from './typed-emitter.js';
import { verify } from './verify-client.js';
import { WaitingRequest, type Taker } from './waiting-request.js';
import { WebSocket } from './websocket.js';
import { MAX_BUFFERED_BYTES } from './wire.js';

export interface WebSocketServerEvents<Socket extends WebSocket> {
  listening: [];
  connection: [socket: Socket, request: IncomingMessage];
  /** The lines of the response that opens a WebSocket, which may be added to. */
  headers: [lines: string[], request: IncomingMessage];
  /** Of the http server. */
  error: [error: Error];
  /** A request is no handshake. Whoever listens answers it, and ends the socket. */
  wsClientError: [error: Error, socket: Duplex, request: IncomingMessage];
  /** It is closed, and of its clients none is left. */
  close: [];
}

/** Policies that drop what they have taken. */
const DROPPING: readonly unknown[] = ['drop-oldest', 'keep-latest'];

/** A server with the interface of `ws`, over a SokkerServer. What differs is in docs/guides/drop-in.md. */
export class WebSocketServer<Class extends typeof WebSocket = typeof WebSocket> extends TypedEmitter<
  WebSocketServerEvents<InstanceType<Class>>
> {
  /** Settled; `path`, `verifyClient`, `handleProtocols` and `WebSocket` may be changed later. */
  readonly options: WebSocketServerOptions<Class>;
  /** Those that are open; undefined with `clientTracking: false`. */
  readonly clients!: Set<InstanceType<Class>>;
  /** The server beneath: broadcasts, topics, metrics and a drain. Its `close` closes the clients too. */
  readonly sokker: SokkerServer;
  readonly #server: HttpServer | HttpsServer | undefined;
  #state: 'running' | 'closing' | 'closed' = 'running';

  /**
   * @param callback called when it listens, with `port` alone
   * @throws UsageError (a TypeError) `ERR_SOKKER_OPTION`; TypeError unless exactly one of port, server and noServer is given
   */
  constructor(options: WebSocketServerOptions<Class> = {}, callback?: () => void) {
    super();
    const settings = settle<ServerSettings>('WebSocketServer', WEB_SOCKET_SERVER_OPTIONS, options);
    const { port, server, noServer, host, backlog } = settings;
    if ([port !== undefined, server !== undefined, noServer].filter(Boolean).length !== 1) {
      throw new TypeError('One and only one of the "port", "server", or "noServer" options must be specified');
    }
    this.options = settings as WebSocketServerOptions<Class>;
    if (settings.clientTracking) this.clients = new Set();
    this.sokker = this.#sokker();
    this.#server = port === undefined ? server : http.createServer(refusePlain);
    if (this.#server === undefined) return;
    share(this.#server, this);
    this.#server.on('listening', this.#onListening).on('error', this.#onError).on('upgrade', this.#onUpgrade);
    if (port !== undefined) this.#server.listen({ port: Number(port), host, backlog }, callback);
  }

  /** Of the http server; null while it does not listen. @throws Error with `noServer` */
  address(): AddressInfo | string | null {
    if (this.#server === undefined) throw new Error('The server is operating in "noServer" mode');
    return this.#server.address();
  }

  /** Whether a request is for this server; to be replaced by those who know better than `path`. */
  shouldHandle(request: IncomingMessage): boolean | Promise<boolean> {
    const { path } = this.#settings;
    return (path ?? '') === '' || path === (request.url ?? '').split('?', 1)[0];
  }

  /**
   * Answers an upgrade request; the socket is ours from here on.
   * @param taker called with the WebSocket, unless the request is refused
   * @throws Error where the request was handed over before
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, taker: Taker<InstanceType<Class>>): void {
    new WaitingRequest(request, socket, taker);
    if (this.listenerCount('wsClientError') > 0) {
      const { method = '', url = '', httpVersion, rawHeaders } = request;
      const offer = examine({ method, target: url, httpVersion, rawHeaders }, { origin: 'any' });
      if (offer.type === 'refusal') {
        // Whoever is told of it may take a while, and the peer go meanwhile.
        socket.on('error', () => undefined);
        return void this.emit('wsClientError', offer.error, socket, request);
      }
    }
    this.sokker.handleUpgrade(request, socket, head).catch((error: unknown) => {
      socket.destroy();
      throwLater(error);
    });
  }

  /**
   * Takes no more clients. Those that are there stay, and `close` is emitted when the last has gone.
   * @param callback called then, or with an error where it is closed already
   */
  close(callback?: (error?: Error) => void): void {
    if (this.#state === 'closed') return process.nextTick(() => callback?.(new Error('The server is not running')));
    if (callback !== undefined) this.once('close', callback);
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    const server = this.#server;
    if (server !== undefined) unshare(server, this);
    server?.off('listening', this.#onListening).off('upgrade', this.#onUpgrade);
    if (this.#settings.port !== undefined) return void server?.close(() => this.#closed());
    server?.off('error', this.#onError);
    if (this.#settings.clientTracking && this.clients.size > 0) return;
    process.nextTick(() => this.#closed());
  }

  /** As they are now. */
  get #settings(): ServerSettings {
    return this.options as ServerSettings;
  }

  #sokker(): SokkerServer {
    const { maxPayload, maxFragments, closeTimeout, perMessageDeflate, sokker } = this.#settings;
    const server = new SokkerServer({
      origin: 'any',
      maxMessageBytes: bound(maxPayload),
      maxFragments: bound(maxFragments),
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      closeTimeoutMs: Math.max(1, closeTimeout),
      extensions: extensionsOf(perMessageDeflate),
      ...sokker,
      upgrade: (request) => this.#admit(request),
    });
    server.on('connection', (connection, request) => this.#welcome(connection, request));
    server.on('message', (message, connection) => OWNER.onMessage(message, connection));
    server.on('close', (record, connection) => {
      this.#forget(connection);
      OWNER.onClose(record, connection);
    });
    // Without a connection it is of the functions in our options.
    server.on('error', (error, connection) => {
      if (connection === undefined) throwLater(error);
      else OWNER.onError(error, connection);
    });
    return server;
  }

  async #admit(request: ServerRequest): Promise<Admission<unknown>> {
    const { incoming, subprotocols } = request;
    // By `sokker.listen`, which knows of no request of node:http.
    if (incoming === undefined) return reject(503, { body: STATUS_CODES[503] });
    const { verifyClient, handleProtocols } = this.#settings;
    if (!(await this.shouldHandle(incoming))) return reject(400, { body: STATUS_CODES[400] });
    if (typeof verifyClient === 'function') await verify(verifyClient, incoming);
    if (this.#state !== 'running') return reject(503, { body: STATUS_CODES[503] });
    const isAsked = typeof handleProtocols === 'function' && subprotocols.length > 0;
    const chosen = isAsked ? handleProtocols(new Set(subprotocols), incoming) : subprotocols[0];
    // What was not offered no client would accept.
    const protocol = subprotocols.find((offered) => offered === chosen);
    if (this.listenerCount('headers') === 0) return { protocol };
    const shown = switchingLines(request, protocol);
    const lines = [...shown];
    this.emit('headers', lines, incoming);
    return { protocol, headers: addedHeaders(lines, shown) };
  }

  #welcome(connection: ServerConnection, request: ServerRequest): void {
    const incoming = request.incoming as IncomingMessage;
    const waiting = WaitingRequest.of(incoming);
    if (waiting === undefined) return connection.terminate();
    const { WebSocket: Class = WebSocket, sokker, clientTracking } = this.#settings;
    try {
      const socket = new Class(null, undefined, this.options as never) as InstanceType<Class>;
      WebSocket.open(socket, connection, waiting.socket, DROPPING.includes(sokker?.onSlow));
      if (clientTracking) this.clients.add(socket);
      waiting.taker(socket as never, incoming);
    } catch (error) {
      if (Above.of(connection) === undefined) connection.terminate();
      throwLater(error);
    }
  }

  #forget(connection: ServerConnection): void {
    const socket = Above.of(connection);
    if (socket === undefined || !this.#settings.clientTracking) return;
    this.clients.delete(socket as InstanceType<Class>);
    const isLast = this.#state === 'closing' && this.clients.size === 0 && this.#settings.port === undefined;
    if (isLast) process.nextTick(() => this.#closed());
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.emit('close');
  }

  readonly #onListening = (): void => void this.emit('listening');

  readonly #onError = (error: Error): void => void this.emit('error', error);

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.#server === undefined || !isFor(this, this.#server, request)) return;
    this.handleUpgrade(request, socket, head, (client, from) => this.emit('connection', client, from));
  };
}

/** Of a request that asks for no upgrade. */
function refusePlain(_: IncomingMessage, response: http.ServerResponse): void {
  response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket' }).end(STATUS_CODES[426]);
}
