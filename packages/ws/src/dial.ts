import { Connection, ConnectionSettings, systemClock } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import {
  createRequest,
  nodeHeaders,
  verifyResponse,
  type ClientRequest as Asked,
  type Extension,
} from '@sokker/handshake';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { orSyntaxError, readAddress } from './address.js';
import { WEB_SOCKET_CLIENT_OPTIONS, type ClientSettings, type WebSocketClientOptions } from './client-options.js';
import { extensionsOf } from './deflate-options.js';
import { OWNER } from './owner.js';
import { redirected, type Hop } from './redirect.js';
import { bound, settle } from './shared-options.js';
import { WebSocket } from './websocket.js';

/**
 * The opening handshake of a client (RFC 6455 §4.1), as a request of node:http: agents, certificates and everything
 * else that one takes serve here too.
 */
export class Dialling {
  readonly #socket: WebSocket;
  readonly #protocols: readonly string[];
  readonly #settings: ClientSettings;
  readonly #connectionSettings: ConnectionSettings;
  readonly #extensions: readonly Extension<MessageCoder>[];
  /** Where it asks, with headers and whatever else goes to node:http and node:tls; nothing of that is kept once it is over. */
  #hop: Hop;
  #request: ClientRequest | undefined;
  #timer: unknown;
  #redirects = 0;
  #isOver = false;

  /** @throws SyntaxError for the address, UsageError for an option */
  constructor(socket: WebSocket, address: string, protocols: readonly string[], options: WebSocketClientOptions) {
    const settings = settle<ClientSettings>('WebSocket', WEB_SOCKET_CLIENT_OPTIONS, options);
    this.#socket = socket;
    this.#protocols = protocols;
    this.#settings = settings;
    this.#extensions = extensionsOf(settings.perMessageDeflate ?? true);
    this.#connectionSettings = new ConnectionSettings({
      role: 'client',
      maxBufferedBytes: Infinity,
      maxMessageBytes: bound(settings.maxPayload),
      maxFragments: bound(settings.maxFragments),
      closeTimeoutMs: Math.max(1, settings.closeTimeout),
    });
    this.#hop = { address: readAddress(address), options };
  }

  get url(): string {
    return this.#hop.address.url.href;
  }

  /** @throws SyntaxError for a subprotocol, and what node:http finds wrong with its options */
  start(): void {
    try {
      this.#ask();
    } catch (error) {
      this.#end();
      throw error;
    }
    const { handshakeTimeout } = this.#settings;
    if (handshakeTimeout === 0 || this.#isOver) return;
    const expire = (): void => this.#fail(new Error('Opening handshake has timed out'));
    this.#timer = systemClock.setTimeout(expire, handshakeTimeout);
  }

  /** The WebSocket is closed before it is open. */
  abort(): void {
    this.#fail(new Error('WebSocket was closed before the connection was established'));
  }

  #ask(): void {
    const asked = this.#asked();
    const request = this.#send(asked);
    this.#request = request;
    // Of one that is not the current any more, nothing is heard.
    const isCurrent = (): boolean => !this.#isOver && request === this.#request;
    request.on('error', (error) => isCurrent() && this.#fail(error));
    request.on('upgrade', (response, duplex, head) => {
      duplex.on('error', ignore);
      if (isCurrent()) this.#onUpgrade(asked, response, duplex, head);
      else duplex.destroy();
    });
    request.on('response', (response) => {
      if (isCurrent()) this.#onResponse(request, response);
    });
    if (this.#redirects > 0) WebSocket.tell(this.#socket, 'redirect', this.url, request);
    // A listener may have closed it.
    if (!isCurrent()) return void request.destroy();
    try {
      if (this.#settings.finishRequest === undefined) request.end();
      else this.#settings.finishRequest(request, this.#socket);
    } catch (error) {
      request.destroy();
      throw error;
    }
  }

  #asked(): Asked<MessageCoder> {
    const { socketPath, path, url } = this.#hop.address;
    const options = { subprotocols: this.#protocols, extensions: this.#extensions };
    return orSyntaxError(() => createRequest(socketPath === undefined ? url : `ws://localhost${path}`, options));
  }

  #send({ hostname, port, rawHeaders }: Asked): ClientRequest {
    const { address, options } = this.#hop;
    const { agent, createConnection, servername = isIP(hostname) === 0 ? hostname : '' } = options;
    const { origin } = this.#settings;
    // Of Host node:http knows best.
    const ours = nodeHeaders(rawHeaders.slice(rawHeaders.indexOf('Host') + 2));
    return (address.secure ? https : http).request({
      ...foreign(options),
      protocol: undefined,
      host: hostname,
      hostname: undefined,
      port,
      socketPath: address.socketPath,
      // The certificate is to be that of whom the address names, whatever Host says.
      servername,
      path: address.path,
      method: 'GET',
      headers: { ...options.headers, ...ours, ...(origin !== undefined && { Origin: origin }) },
      // Not a socket that was used before: a server that has just closed it would fail the first attempt.
      agent: agent ?? (createConnection === undefined ? false : undefined),
    } as https.RequestOptions);
  }

  #onUpgrade(asked: Asked<MessageCoder>, response: IncomingMessage, duplex: Duplex, head: Buffer): void {
    WebSocket.tell(this.#socket, 'upgrade', response);
    // A listener may have closed it.
    if (this.#isOver) return void duplex.destroy();
    const { httpVersion, statusCode: status = 0, statusMessage: reason = '', rawHeaders } = response;
    try {
      const agreement = verifyResponse(asked, { httpVersion, status, reason, rawHeaders });
      if (agreement.type === 'declined') throw new Error(`Unexpected server response: ${status}`);
      const { subprotocol: protocol, extensions } = agreement;
      if (protocol === undefined && this.#protocols.length > 0) {
        for (const extension of extensions) extension.session.close();
        throw new Error('Server sent no subprotocol');
      }
      const session = { head, protocol, coder: extensions[0]?.session };
      const connection = new Connection(duplex, this.#connectionSettings, session, OWNER);
      WebSocket.open(this.#socket, connection, duplex);
    } catch (error) {
      duplex.destroy();
      return this.#fail(error as Error);
    }
    duplex.off('error', ignore);
    this.#end();
    WebSocket.tell(this.#socket, 'open');
  }

  #onResponse(request: ClientRequest, response: IncomingMessage): void {
    const { statusCode = 0, headers } = response;
    const { location } = headers;
    if (this.#settings.followRedirects && statusCode >= 300 && statusCode < 400 && location !== undefined) {
      return this.#follow(request, location);
    }
    if (WebSocket.tell(this.#socket, 'unexpected-response', request, response)) return;
    this.#fail(new Error(`Unexpected server response: ${statusCode}`));
  }

  #follow(before: ClientRequest, location: string): void {
    this.#redirects++;
    try {
      if (this.#redirects > this.#settings.maxRedirects) throw new Error('Maximum redirects exceeded');
      this.#hop = redirected(this.#hop, location);
      this.#ask();
    } catch (error) {
      this.#fail(error as Error);
    }
    before.destroy();
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#request?.destroy();
    this.#end();
    WebSocket.fail(this.#socket, error);
  }

  #end(): void {
    this.#isOver = true;
    this.#request = undefined;
    this.#hop = { address: this.#hop.address, options: {} };
    systemClock.clearTimeout(this.#timer);
  }
}

const ignore = (): void => undefined;

/** What of the options is for node:http and node:tls. */
function foreign(options: WebSocketClientOptions): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !Object.hasOwn(WEB_SOCKET_CLIENT_OPTIONS, name)),
  );
}
