import { Connection, type CloseRecord } from '@sokker/connection';
import { formatExtension } from '@sokker/handshake';
import {
  ReadableStream,
  WritableStream,
  type ReadableStreamDefaultController,
  type WritableStreamDefaultController,
} from 'node:stream/web';
import { open, type Opened } from './connect.js';
import { readConnectOptions } from './options.js';
import { outgoingOf } from './outbox.js';
import { closeArguments, stringOf, webSocketProtocols, webSocketUrl } from './websocket-arguments.js';
import { WebSocketError, type WebSocketCloseInfo } from './websocket-error.js';
import { optionsFor, type WebSocketOptions } from './websocket-options.js';

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
  /** The ends of the two streams that we hold. */
  #reading: ReadableStreamDefaultController<string | Uint8Array> | undefined;
  #writing: WritableStreamDefaultController | undefined;
  /** A write waits for room. */
  #isWriting = false;

  /**
   * @param init.signal gives the attempt up
   * @throws DOMException SyntaxError for the URL or a subprotocol · UsageError `ERR_SOKKER_OPTION`
   */
  constructor(url: string | URL, init: WebSocketStreamInit = {}) {
    const parsed = webSocketUrl(url);
    const { protocols, ...options } = init;
    const names = webSocketProtocols(protocols);
    const settings = readConnectOptions(optionsFor(names, options, this.#attempt.signal));
    this.url = parsed.href;
    const make = (...all: ConstructorParameters<typeof Connection>): Connection => new Connection(...all);
    open(parsed, settings, make).then(
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
    void connection.closed.then((record) => this.#end(record));
    const extensions = agreement.extensions.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ');
    this.#opened.resolve({
      readable: this.#readable(connection),
      writable: this.#writable(connection),
      extensions,
      protocol: connection.protocol,
    });
  }

  #readable(connection: Connection): ReadableStream<string | Uint8Array> {
    const messages = connection[Symbol.asyncIterator]();
    return new ReadableStream(
      {
        start: (controller) => void (this.#reading = controller),
        pull: async (controller) => {
          const next = await messages.next();
          if (next.done === true) await connection.closed;
          else controller.enqueue(next.value.type === 'text' ? next.value.text() : new Uint8Array(next.value.data));
        },
        cancel: async (reason) => {
          this.#closeFor(reason);
          await messages.return?.();
        },
      },
      // Nothing is read ahead here: the connection itself holds one message.
      { highWaterMark: 0 },
    );
  }

  #writable(connection: Connection): WritableStream<string | ArrayBuffer | ArrayBufferView> {
    return new WritableStream({
      start: (controller) => void (this.#writing = controller),
      write: async (chunk) => {
        const data = outgoingOf(chunk);
        this.#isWriting = true;
        if (!connection.send(data instanceof Blob ? stringOf(chunk) : data)) await connection.writable();
        this.#isWriting = false;
      },
      close: async () => {
        await connection.close(null);
        await this.#closed.promise;
      },
      abort: (reason) => this.#closeFor(reason),
    });
  }

  /** Only a WebSocketError says how to close; any other reason is our own affair. */
  #closeFor(reason: unknown): void {
    this.close(
      reason instanceof WebSocketError ? { closeCode: reason.closeCode ?? undefined, reason: reason.reason } : {},
    );
  }

  #end({ clean, code, reason, error }: CloseRecord): void {
    // What was being written did not arrive, whatever the peer said.
    if (!clean || this.#isWriting) {
      return this.#fail(
        WebSocketError.from('the connection was not closed cleanly', clean ? code : 1006, reason, error),
      );
    }
    this.#closed.resolve({ closeCode: code, reason });
    quietly(() => this.#reading?.close());
    quietly(() => this.#writing?.error(new DOMException('the WebSocket is closed', 'InvalidStateError')));
  }

  #fail(error: unknown): void {
    this.#opened.reject(error);
    this.#closed.reject(error);
    quietly(() => this.#reading?.error(error));
    quietly(() => this.#writing?.error(error));
  }
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

/** A stream that is already closed, cancelled or in error says so by throwing. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It has its end.
  }
}
