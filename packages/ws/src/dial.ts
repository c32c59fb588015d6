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
import type { Duplex } from 'node:stream';
import { anonymous, isSameOrigin, orSyntaxError, readAddress, type Address } from './address.js';
import {
  bound,
  WEB_SOCKET_CLIENT_OPTIONS,
  settle,
  type WebSocketClientOptions,
  type ClientSettings,
} from './client-options.js';
import { extensionsOf } from './deflate-options.js';
import { OWNER } from './owner.js';
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
  readonly #timer: unknown;
  /** Headers, and whatever else goes to node:http and node:tls. */
  #options: WebSocketClientOptions;
  #address: Address;
  #request: ClientRequest;
  #redirects = 0;
  #isOver = false;

  /** @throws SyntaxError for the address and subprotocols, UsageError, and what node:http finds wrong with its options */
  constructor(socket: WebSocket, address: string, protocols: readonly string[], options: WebSocketClientOptions) {
    this.#socket = socket;
    this.#protocols = protocols;
    this.#settings = settle<ClientSettings>('WebSocket', WEB_SOCKET_CLIENT_OPTIONS, options);
    this.#options = options;
    const { maxPayload, maxFragments, closeTimeout, perMessageDeflate = true, handshakeTimeout } = this.#settings;
    this.#extensions = extensionsOf(perMessageDeflate);
    const limits = {
      maxMessageBytes: bound(maxPayload),
      maxFragments: bound(maxFragments),
      closeTimeoutMs: closeTimeout,
    };
    this.#connectionSettings = new ConnectionSettings({ role: 'client', maxBufferedBytes: Infinity, ...limits });
    this.#address = readAddress(address);
    this.#request = this.#ask();
    this.#timer = systemClock.setTimeout(
      () => this.#fail(new Error('Opening handshake has timed out')),
      handshakeTimeout,
    );
  }

  get url(): string {
    return this.#address.url.href;
  }

  /** The WebSocket is closed before it is open. */
  abort(): void {
    this.#fail(new Error('WebSocket was closed before the connection was established'));
  }

  #ask(): ClientRequest {
    const { socketPath, secure, path, url } = this.#address;
    const asked = orSyntaxError(() =>
      createRequest<MessageCoder>(socketPath === undefined ? url : `ws://localhost${path}`, {
        subprotocols: this.#protocols,
        extensions: this.#extensions,
      }),
    );
    const { agent, createConnection } = this.#options;
    const request = (secure ? https : http).request({
      ...foreign(this.#options),
      host: asked.hostname,
      port: asked.port,
      path,
      method: 'GET',
      headers: { ...this.#options.headers, ...this.#headers(asked) },
      ...(socketPath !== undefined && { socketPath }),
      // Not a socket that was used before: a server that has just closed it would fail the first attempt.
      agent: agent ?? (createConnection === undefined ? false : undefined),
    });
    const isCurrent = (): boolean => !this.#isOver && request === this.#request;
    request.on('error', (error) => isCurrent() && this.#fail(error));
    request.on('upgrade', (response, duplex, head) => {
      if (isCurrent()) this.#onUpgrade(asked, response, duplex, head);
      else duplex.destroy();
    });
    request.on('response', (response) => {
      if (isCurrent()) this.#onResponse(request, response);
    });
    if (this.#redirects > 0) WebSocket.tell(this.#socket, 'redirect', this.url, request);
    if (this.#settings.finishRequest === undefined) request.end();
    else this.#settings.finishRequest(request, this.#socket);
    return request;
  }

  /** Those of the handshake; of Host node:http knows best. */
  #headers({ rawHeaders }: Asked): Record<string, string | string[]> {
    const headers = nodeHeaders(rawHeaders.slice(rawHeaders.indexOf('Host') + 2));
    return { ...headers, ...(this.#settings.origin !== undefined && { Origin: this.#settings.origin }) };
  }

  #onUpgrade(asked: Asked<MessageCoder>, response: IncomingMessage, duplex: Duplex, head: Buffer): void {
    duplex.on('error', ignore);
    WebSocket.tell(this.#socket, 'upgrade', response);
    // A listener may have closed it.
    if (this.#isOver) return void duplex.destroy();
    const { httpVersion, statusCode: status = 0, statusMessage: reason = '', rawHeaders } = response;
    try {
      const agreement = verifyResponse(asked, { httpVersion, status, reason, rawHeaders });
      if (agreement.type === 'declined') throw new Error(`Unexpected server response: ${status}`);
      const { subprotocol: protocol, extensions } = agreement;
      if (protocol === undefined && this.#protocols.length > 0) throw new Error('Server sent no subprotocol');
      const session = { head, protocol, coder: extensions[0]?.session };
      this.#end();
      WebSocket.open(this.#socket, new Connection<unknown>(duplex, this.#connectionSettings, session, OWNER), duplex);
      duplex.off('error', ignore);
    } catch (error) {
      duplex.destroy();
      return this.#fail(error as Error);
    }
    WebSocket.tell(this.#socket, 'open');
  }

  #onResponse(request: ClientRequest, response: IncomingMessage): void {
    const { statusCode = 0, headers } = response;
    const { location } = headers;
    if (this.#settings.followRedirects && statusCode >= 300 && statusCode < 400 && location !== undefined) {
      return this.#follow(location);
    }
    if (WebSocket.tell(this.#socket, 'unexpected-response', request, response)) return;
    this.#fail(new Error(`Unexpected server response: ${statusCode}`));
  }

  #follow(location: string): void {
    this.#redirects++;
    try {
      if (this.#redirects > this.#settings.maxRedirects) throw new Error('Maximum redirects exceeded');
      const from = this.#address;
      const to = readAddress(location, from.url);
      if (from.secure && !to.secure) throw new Error('A redirect from wss: to ws: is not followed');
      // Which of these there are is no remote server's to say.
      if (to.socketPath !== undefined) throw new Error('A redirect to a unix socket is not followed');
      if (!isSameOrigin(from, to)) this.#options = anonymous(this.#options);
      this.#address = to;
      const before = this.#request;
      this.#request = this.#ask();
      before.destroy();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#request.destroy();
    WebSocket.fail(this.#socket, error);
  }

  #end(): void {
    this.#isOver = true;
    systemClock.clearTimeout(this.#timer);
  }
}

const ignore = (): void => undefined;

/** What of the options is for node:http and node:tls. */
function foreign(options: WebSocketClientOptions): http.RequestOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !Object.hasOwn(WEB_SOCKET_CLIENT_OPTIONS, name)),
  );
}
