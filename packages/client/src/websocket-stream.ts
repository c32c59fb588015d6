import { WebStreams, type CloseRecord, type Connection } from '@sokker/connection';
import { formatExtension } from '@sokker/handshake';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import type { Opened } from './connect.js';
import { outgoingOf, type Outgoing } from './outbox.js';
import { closeArguments, stringOf, webSocketProtocols, webSocketUrl } from './websocket-arguments.js';
import { WebSocketError, type WebSocketCloseInfo } from './websocket-error.js';
import { openWebSocket } from './websocket-opening.js';
import { checkOptions, type WebSocketOptions } from './websocket-options.js';

/** What a WebSocketStream is made with; beyond the standard, the options of `connect`. */
export type WebSocketStreamInit = WebSocketOptions & {
  /** Unique tokens, most wanted first. */
  readonly protocols?: string | readonly string[] | undefined;
};

/** What `opened` resolves with. */
export interface WebSocketOpenInfo {
  /** Messages: text as strings, binary ones as Uint8Array. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Takes strings, buffers and views; a write is done when there is room for the next. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  readonly extensions: string;
  readonly protocol: string;
}

interface Promised<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/**
 * A WebSocket as two streams (WHATWG WebSockets, WebSocketStream), with back-pressure both ways: nothing is read from
 * the socket beyond one message that nobody asked for, and a write waits while the peer is behind.
 */
export class WebSocketStream {
  readonly url: string;
  readonly #attempt = new AbortController();
  readonly #opened = promised<WebSocketOpenInfo>();
  readonly #closed = promised<Required<WebSocketCloseInfo>>();
  #connection: Connection | undefined;

  /**
   * @param init.signal gives the attempt up
   * @throws DOMException SyntaxError for the URL or a subprotocol · UsageError `ERR_SOKKER_OPTION`
   */
  constructor(url: string | URL, init: WebSocketStreamInit = {}) {
    const parsed = webSocketUrl(url);
    // As any dictionary of Web IDL: null is an empty one.
    checkOptions('WebSocketStream', init ?? {});
    const { protocols, ...options } = init ?? {};
    this.url = parsed.href;
    openWebSocket(parsed, webSocketProtocols(protocols), options, this.#attempt.signal).then(
      (opened) => this.#open(opened),
      (error: unknown) => this.#fail(options.signal?.aborted === true ? error : asWebSocketError(error)),
    );
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  /** How it was closed, if cleanly; else rejects with WebSocketError. */
  get closed(): Promise<Required<WebSocketCloseInfo>> {
    return this.#closed.promise;
  }

  /**
   * Closes the WebSocket; while it connects, gives that up.
   * @throws DOMException InvalidAccessError for the code, SyntaxError for the reason · TypeError
   */
  close(info: WebSocketCloseInfo = {}): void {
    const given: unknown = info ?? {};
    if (typeof given !== 'object' && typeof given !== 'function') throw new TypeError('close takes an object');
    const { closeCode, reason } = given as WebSocketCloseInfo;
    const said = closeArguments(closeCode, reason);
    if (this.#connection === undefined) this.#attempt.abort(new Error('it was closed before it opened'));
    else void this.#connection.close(said.code, said.reason);
  }

  #open({ connection, agreement }: Opened<Connection>): void {
    if (this.#attempt.signal.aborted) {
      connection.terminate();
      return this.#fail(asWebSocketError(this.#attempt.signal.reason));
    }
    this.#connection = connection;
    const { closed, readable, writable } = new WebStreams(connection, {
      outgoing,
      closeFor: (reason) => this.#closeFor(reason),
      errorFor,
    });
    closed.then(
      ({ code, reason }) => this.#closed.resolve({ closeCode: code, reason }),
      (error: unknown) => this.#fail(error),
    );
    const extensions = agreement.extensions.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ');
    this.#opened.resolve({ readable, writable, extensions, protocol: connection.protocol });
  }

  /** Only a WebSocketError says how to close, as far as that may be said; any other reason is our own affair. */
  #closeFor(reason: unknown): void {
    if (!(reason instanceof WebSocketError)) return this.close();
    try {
      this.close({ closeCode: reason.closeCode ?? undefined, reason: reason.reason });
    } catch {
      // WHATWG WebSockets, "close using reason". Such is 1006, of a connection that this one was piped from.
      this.close();
    }
  }

  #fail(error: unknown): void {
    this.#opened.reject(error);
    this.#closed.reject(error);
  }
}

/** The standard makes text of whatever is neither a string nor bytes, Blobs among them. */
function outgoing(chunk: unknown): Exclude<Outgoing, Blob> {
  const data = outgoingOf(chunk);
  return data instanceof Blob ? stringOf(chunk) : data;
}

function errorFor({ clean, code, reason, error }: CloseRecord, inOrder: boolean): DOMException {
  if (inOrder) return new DOMException('the WebSocket is closed', 'InvalidStateError');
  return WebSocketError.from('the connection was not closed cleanly', clean ? code : 1006, reason, error);
}

function promised<Value>(): Promised<Value> {
  let settle: Omit<Promised<Value>, 'promise'> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<Value>((resolve, reject) => (settle = { resolve, reject }));
  // Nobody has to look at both.
  promise.catch(() => undefined);
  return { promise, ...settle };
}

function asWebSocketError(cause: unknown): WebSocketError {
  const message = cause instanceof Error ? cause.message : 'no connection came about';
  return WebSocketError.from(message, 1006, '', cause);
}
