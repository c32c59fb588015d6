import { ConnectionError, type CloseRecord, type Connection } from '@sokker/connection';
import type { Message } from '@sokker/frame';
import { formatExtension, type Agreement } from '@sokker/handshake';
import type { Opened } from './connect.js';
import { ConnectError } from './errors.js';
import { EventHandlers, type Handler } from './event-handlers.js';
import { typedEventTarget } from './event-target.js';
import { Outbox, outgoingOf } from './outbox.js';
import { closeArguments, webSocketProtocols, webSocketUrl } from './websocket-arguments.js';
import { CloseEvent, ErrorEvent } from './websocket-events.js';
import { openWebSocket } from './websocket-opening.js';
import { checkOptions, type WebSocketOptions } from './websocket-options.js';

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3] as const;

/** The events of a WebSocket by type. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: ErrorEvent<Error>;
  close: CloseEvent;
}

/**
 * The browser's interface (WHATWG WebSockets), so that code written for a page runs unchanged. What a page has no word
 * on is the third argument: the options of `connect`. An exception of a listener is uncaught, as Node has it for every
 * EventTarget.
 */
export class WebSocket extends typedEventTarget<WebSocketEventMap>() {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;
  readonly #url: URL;
  readonly #handlers = new EventHandlers(this);
  readonly #outbox = new Outbox();
  readonly #attempt = new AbortController();
  #state: 0 | 1 | 2 | 3 = CONNECTING;
  #binaryType: 'blob' | 'arraybuffer' = 'blob';
  #connection: Connection | undefined;
  #agreement: Agreement | undefined;

  /**
   * @param url `ws:`, `wss:`, `http:` or `https:`
   * @throws DOMException SyntaxError for the URL or a subprotocol · UsageError `ERR_SOKKER_OPTION`
   */
  constructor(url: string | URL, protocols: string | readonly string[] = [], options: WebSocketOptions = {}) {
    super();
    this.#url = webSocketUrl(url);
    const names = webSocketProtocols(protocols);
    checkOptions('WebSocket', options);
    openWebSocket(this.#url, names, options, this.#attempt.signal).then(
      (opened) => this.#opened(opened),
      (error: unknown) => this.#ended(undefined, error),
    );
  }

  get url(): string {
    return this.#url.href;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    // The peer's Close starts the closing handshake as ours does.
    return this.#state === OPEN && this.#connection?.state !== 'open' ? CLOSING : this.#state;
  }

  /** Bytes given to `send` that are not on their way: application data alone. */
  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  /** The negotiated extensions, as they stand in the response. */
  get extensions(): string {
    const agreed = this.#agreement?.extensions ?? [];
    return agreed.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ');
  }

  get protocol(): string {
    return this.#agreement?.subprotocol ?? '';
  }

  /** What binary messages come as. Values other than 'blob' and 'arraybuffer' are passed over. */
  get binaryType(): 'blob' | 'arraybuffer' {
    return this.#binaryType;
  }

  set binaryType(value: 'blob' | 'arraybuffer') {
    // Code without types may hand over anything.
    const text: string = value;
    if (text === 'blob' || text === 'arraybuffer') this.#binaryType = text;
  }

  get onopen(): Handler<this, Event> {
    return this.#handlers.get('open') as Handler<this, Event>;
  }

  set onopen(handler: Handler<this, Event>) {
    this.#handlers.set('open', handler);
  }

  get onmessage(): Handler<this, MessageEvent> {
    return this.#handlers.get('message') as Handler<this, MessageEvent>;
  }

  set onmessage(handler: Handler<this, MessageEvent>) {
    this.#handlers.set('message', handler);
  }

  get onerror(): Handler<this, ErrorEvent<Error>> {
    return this.#handlers.get('error') as Handler<this, ErrorEvent<Error>>;
  }

  set onerror(handler: Handler<this, ErrorEvent<Error>>) {
    this.#handlers.set('error', handler);
  }

  get onclose(): Handler<this, CloseEvent> {
    return this.#handlers.get('close') as Handler<this, CloseEvent>;
  }

  set onclose(handler: Handler<this, CloseEvent>) {
    this.#handlers.set('close', handler);
  }

  /**
   * Sends a message: an ArrayBuffer, a view of one or a Blob as binary, anything else as text. Bytes are copied.
   * @throws DOMException InvalidStateError while connecting · TypeError
   */
  send(...given: readonly [data: string | ArrayBuffer | ArrayBufferView | Blob]): void {
    if ((given.length as number) === 0) throw new TypeError('send needs the data to send');
    const data = outgoingOf(given[0]);
    if (this.#state === CONNECTING) throw new DOMException('the WebSocket is not open yet', 'InvalidStateError');
    if (this.readyState === OPEN) this.#outbox.send(data);
    else this.#outbox.keep(data);
  }

  /**
   * Closes the WebSocket; while it connects, gives that up.
   * @param code 1000, or 3000 to 4999; default: none is sent
   * @param reason at most 123 bytes as UTF-8
   * @throws DOMException InvalidAccessError for the code, SyntaxError for the reason
   */
  close(code?: number, reason?: string): void {
    const said = closeArguments(code, reason);
    if (this.#state === CONNECTING)
      this.#attempt.abort(new DOMException('it was closed before it opened', 'AbortError'));
    if (this.#state === OPEN) void this.#connection?.close(said.code, said.reason);
    if (this.#state < CLOSING) this.#state = CLOSING;
  }

  #opened({ connection, agreement }: Opened<Connection>): void {
    // Closed since, while the response was on its way here.
    if (this.#attempt.signal.aborted) {
      connection.terminate();
      return this.#ended(undefined, this.#attempt.signal.reason);
    }
    this.#connection = connection;
    this.#agreement = agreement;
    this.#outbox.open(connection);
    this.#state = OPEN;
    void connection.closed.then((record) => this.#ended(record, record.error));
    connection.on('message', (message) => this.#receive(message));
    this.dispatchEvent(new Event('open'));
  }

  #receive(message: Message): void {
    if (this.#state !== OPEN) return;
    const data = message.type === 'text' ? message.text() : this.#binary(message.data);
    this.dispatchEvent(new MessageEvent('message', { data, origin: this.#url.origin }));
  }

  #binary(bytes: Buffer): Blob | ArrayBuffer {
    if (this.#binaryType === 'blob') return new Blob([bytes as Uint8Array<ArrayBuffer>]);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  }

  /** RFC 6455 §7.2.1: a connection that was lost counts as failed, which the standard tells by `error`. */
  #ended(record: CloseRecord | undefined, cause: unknown): void {
    this.#state = CLOSED;
    const wasClean = record?.clean === true;
    if (!wasClean) {
      const error = failureOf(record, cause);
      this.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
    }
    const [code, reason] = wasClean ? [record.code, record.reason] : [1006, ''];
    this.dispatchEvent(new CloseEvent('close', { wasClean, code, reason }));
  }
}

/** Why it failed, as an Error whatever a signal was aborted with, and where the end left no word. */
function failureOf(record: CloseRecord | undefined, cause: unknown): Error {
  // Where code runs in a realm of its own, a DOMException is no Error of that realm.
  if (cause instanceof Error || cause instanceof DOMException) return cause;
  if (record !== undefined) return new ConnectionError('ERR_SOKKER_CONNECTION_LOST', { cause });
  return new ConnectError('ERR_SOKKER_UNREACHABLE', { cause });
}

const CONSTANTS = { CONNECTING, OPEN, CLOSING, CLOSED };
for (const [name, value] of Object.entries(CONSTANTS)) {
  const descriptor = { value, enumerable: true, writable: false, configurable: false };
  Object.defineProperty(WebSocket, name, descriptor);
  Object.defineProperty(WebSocket.prototype, name, descriptor);
}
for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(WebSocket.prototype))) {
  // Web IDL: attributes and operations can be enumerated, unlike members of a class.
  if (name !== 'constructor' && descriptor.configurable === true) {
    Object.defineProperty(WebSocket.prototype, name, { ...descriptor, enumerable: true });
  }
}
Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });
