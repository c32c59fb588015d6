import type { CloseRecord, Connection } from '@sokker/connection';
import type { Duplex } from 'node:stream';
import { callLater, notSent, type SendCallback } from './callbacks.js';
import { BINARY_TYPES, type BinaryType } from './data.js';
import { Dialling } from './dial.js';
import { throwLater } from './errors.js';
import type { WebSocketEvents } from './events.js';
import { ListenerTarget } from './listener-target.js';
import type { WebSocketClientOptions } from './client-options.js';
import type { MessageOptions } from './message-options.js';
import { Above } from './owner.js';
import type { createWebSocketStream } from './stream.js';
import type { WebSocketServer } from './websocket-server.js';
import { Wire } from './wire.js';

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3] as const;
const STATES = { open: OPEN, closing: CLOSING, closed: CLOSED } as const;
const ABNORMAL = 1006;
const NOTHING = Buffer.alloc(0);

/** A WebSocket with the interface of `ws`, over a Connection of Sokker. What differs is in docs/guides/drop-in.md. */
export class WebSocket extends ListenerTarget<WebSocketEvents> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare static readonly WebSocket: typeof WebSocket;
  declare static readonly WebSocketServer: typeof WebSocketServer;
  declare static readonly Server: typeof WebSocketServer;
  declare static readonly createWebSocketStream: typeof createWebSocketStream;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;
  #dialling: Dialling | undefined;
  #wire: Wire | undefined;
  #binaryType: BinaryType = 'nodebuffer';
  #isPaused = false;
  /** It came to its end before it was open, or is about to. */
  #failed: 2 | 3 | undefined;
  #wasClean = false;
  #hearsControl = false;

  /**
   * @param address `ws:`, `wss:`, `http:`, `https:`, or `ws+unix:/path/to.sock:/path`; null where a server makes it
   * @throws SyntaxError for the address or a subprotocol; UsageError `ERR_SOKKER_OPTION`
   */
  constructor(address: string | URL | null, protocols?: string | readonly string[], options?: WebSocketClientOptions);
  constructor(address: string | URL, options?: WebSocketClientOptions);
  constructor(address: string | URL | null, second?: unknown, third?: WebSocketClientOptions) {
    super();
    if (address === null) return;
    const isOptions = typeof second === 'object' && second !== null && !Array.isArray(second);
    const [protocols, options] = isOptions ? [[], second as WebSocketClientOptions] : [second ?? [], third];
    this.#dialling = new Dialling(this, String(address), [protocols].flat() as string[], options ?? {});
    this.#dialling.start();
  }

  /** The connection beneath, with all that Sokker offers; undefined before it is open. */
  get sokker(): Connection | undefined {
    return this.#wire?.connection;
  }

  /** The socket, for its addresses; it must not be read, written or ended. Not documented by `ws`, and much used. */
  get _socket(): Duplex | null {
    return this.#wire?.socket ?? null;
  }

  get url(): string {
    return this.#dialling?.url ?? '';
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#wire === undefined ? (this.#failed ?? CONNECTING) : STATES[this.#wire.state];
  }

  get protocol(): string {
    return this.sokker?.protocol ?? '';
  }

  /** Names of the extensions in use. */
  get extensions(): string {
    return this.sokker?.extensions.join() ?? '';
  }

  /** Bytes that wait to be sent, framing included, and those given to `send` after the end. */
  get bufferedAmount(): number {
    return this.#wire?.bufferedBytes ?? 0;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** What messages come as; another value is passed over. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    if (BINARY_TYPES.includes(type)) this.#binaryType = type;
  }

  /**
   * Sends a message, or a part of one. Bytes below 4 KiB, and those of a part, are copied; longer ones are written at once, and
   * must not change before the callback where the peer is behind.
   * @param callback called when the operating system has taken it, of a part when there is room for more; or with an error
   * @throws Error while it is connecting; TypeError for what is no data
   */
  send(data: unknown, callback?: SendCallback): void;
  send(data: unknown, options: MessageOptions, callback?: SendCallback): void;
  send(data: unknown, second?: MessageOptions | SendCallback, third?: SendCallback): void {
    const callback = typeof second === 'function' ? second : third;
    const wire = this.#ready();
    if (wire === undefined) callLater(callback, notSent());
    else wire.send(data, typeof second === 'object' ? second : undefined, callback);
  }

  ping(data?: unknown, mask?: boolean, callback?: SendCallback): void;
  ping(...given: readonly unknown[]): void {
    this.#control('ping', given);
  }

  pong(data?: unknown, mask?: boolean, callback?: SendCallback): void;
  pong(...given: readonly unknown[]): void {
    this.#control('pong', given);
  }

  /**
   * Closes it in order; while it connects, gives that up.
   * @param code 1000 to 1003, 1007 to 1014 or 3000 to 4999; default: none is sent
   * @param data the reason, at most 123 bytes
   * @throws UsageError (a TypeError) `ERR_SOKKER_ARGUMENT`
   */
  close(code?: number, data?: string | Buffer): void {
    this.#closable()?.close(code ?? null, code === undefined ? '' : String(data ?? ''));
  }

  /** Destroys the socket at once, without a Close. */
  terminate(): void {
    this.#closable()?.terminate();
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  /** @internal It is open. @param mayDrop whether a policy may drop what it has taken to send */
  static open(socket: WebSocket, connection: Connection, duplex: Duplex, mayDrop = false): void {
    new Above(connection, socket);
    socket.#wire = new Wire(connection, duplex, mayDrop);
    if (socket.listenerCount('ping') > 0 || socket.listenerCount('pong') > 0) socket.heed('ping');
  }

  /** @internal It did not open. */
  static fail(socket: WebSocket, error: Error): void {
    socket.#failed = CLOSING;
    process.nextTick(() => {
      WebSocket.tell(socket, 'error', error);
      socket.#failed = CLOSED;
      WebSocket.tell(socket, 'close', ABNORMAL, NOTHING);
    });
  }

  /** @internal Emits an event, so that what a listener throws disturbs nothing of ours. */
  static tell<Name extends keyof WebSocketEvents>(
    socket: WebSocket,
    name: Name,
    ...args: WebSocketEvents[Name]
  ): boolean {
    try {
      return (socket.emit as (...all: unknown[]) => boolean).call(socket, name, ...args);
    } catch (error) {
      throwLater(error);
      return true;
    }
  }

  /** @internal */
  static end(socket: WebSocket, { code, reason, clean, error }: CloseRecord): void {
    socket.#wasClean = clean;
    // Where we failed it, code and reason are ours, and the peer may never have got them.
    if (error === undefined) WebSocket.tell(socket, 'close', code, Buffer.from(reason));
    else WebSocket.tell(socket, 'close', ABNORMAL, NOTHING);
  }

  /** @internal */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** Most listen for no Pings or Pongs, and their connections need no listeners for them. */
  protected override heed(event: unknown): void {
    const { sokker } = this;
    if ((event !== 'ping' && event !== 'pong') || sokker === undefined || this.#hearsControl) return;
    this.#hearsControl = true;
    sokker.on('ping', (data) => void WebSocket.tell(this, 'ping', data));
    sokker.on('pong', (data) => void WebSocket.tell(this, 'pong', data));
  }

  /** @throws Error while it is connecting */
  #ready(): Wire | undefined {
    if (this.readyState === CONNECTING) throw new Error('WebSocket is not open: readyState 0 (CONNECTING)');
    return this.#wire;
  }

  /** The data, a mask and a callback may each be left out. */
  #control(name: 'ping' | 'pong', given: readonly unknown[]): void {
    const callback = given.find((each) => typeof each === 'function') as SendCallback | undefined;
    const data = typeof given[0] === 'function' ? undefined : given[0];
    const wire = this.#ready();
    if (wire === undefined) callLater(callback, notSent());
    else wire.control(name, data, callback);
  }

  /** What is there to be closed; an attempt to connect is given up here. */
  #closable(): Wire | undefined {
    if (this.readyState === CONNECTING) this.#dialling?.abort();
    return this.#wire;
  }

  #setPaused(isPaused: boolean): void {
    const connection = this.sokker;
    if (connection === undefined || connection.state === 'closed') return;
    this.#isPaused = isPaused;
    if (isPaused) connection.pause();
    else connection.resume();
  }
}

for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  Object.defineProperty(WebSocket, name, { value, enumerable: true });
  Object.defineProperty(WebSocket.prototype, name, { value, enumerable: true });
}
