import { closeCodeFor, CloseCode, encodeClose, MAX_REASON_BYTES, Opcode, parseClose, readOptions } from '@sokker/frame';
import { UsageError, type FrameSlice, type Message } from '@sokker/frame';
import { captureRejectionSymbol, EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { bytesOf, type Bytes } from './bytes.js';
import { channels } from './channels.js';
import type { CloseRecord } from './close-record.js';
import { Closing } from './closing.js';
import { ConnectionError } from './errors.js';
import type { ConnectionEvents, ConnectionOwner, SendOptions } from './events.js';
import { Incoming } from './incoming.js';
import { MessageIterator } from './iterator.js';
import { CONNECTION_OPTIONS, type ConnectionOptions, type Settings } from './options.js';
import { systemClock } from './clock.js';
import { Outgoing } from './outgoing.js';
import { Pings } from './pings.js';
import { Prepared } from './prepared.js';
import type { ConnectionState } from './state.js';

const MAX_CONTROL_BYTES = 125;

/**
 * One open WebSocket over any Duplex, in either role (RFC 6455 §5 to §8); the opening handshake is behind it. It
 * answers Pings, keeps the closing handshake and its timers, and gathers what is sent during one turn into one write.
 *
 * Messages go to `message` listeners or to an iterator (`for await (const message of connection)`), never to both.
 * With neither, reading stops after one message plus 64 KiB, and goes on when someone comes: none is lost.
 */
export class Connection<Context = unknown> extends EventEmitter<ConnectionEvents> implements AsyncIterable<Message> {
  /** Anything the application ties to this connection. */
  context: Context;
  /** The negotiated subprotocol; '' for none. */
  readonly protocol: string;
  readonly #duplex: Duplex;
  readonly #settings: Settings<Context>;
  readonly #owner: ConnectionOwner<Context> | undefined;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #closing: Closing;
  #pings: Pings | undefined;
  #iterator: MessageIterator | undefined;
  /** A message that came while nobody listened. */
  #waiting: Message | undefined;
  #discarding = false;
  /** The socket has closed, while what was read is still to be delivered. */
  #gone = false;
  #closed: { readonly promise: Promise<CloseRecord>; readonly resolve: (record: CloseRecord) => void } | undefined;
  #record: CloseRecord | undefined;

  /**
   * Takes over `duplex`, which must be used by nobody else from here on.
   * @param owner hears of everything too; for those who look after many connections
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  constructor(duplex: Duplex, options: ConnectionOptions<Context>, owner?: ConnectionOwner<Context>) {
    super({ captureRejections: true });
    const settings = readOptions<Settings<Context>>('Connection', CONNECTION_OPTIONS, options);
    this.context = settings.context as Context;
    this.protocol = settings.protocol ?? '';
    this.#duplex = duplex;
    this.#settings = settings;
    this.#owner = owner;
    this.#closing = new Closing(settings.clock ?? systemClock);
    this.#outgoing = new Outgoing(duplex, settings, {
      onDrain: () => this.#tell('drain'),
      onFailure: (error) => this.#fail(error),
    });
    this.#incoming = new Incoming(duplex, settings, {
      onMessage: (message) => this.#deliver(message),
      onControl: (frame) => this.#control(frame),
      onFailure: (error) => this.#fail(error),
      onEnd: () => this.#inputEnded(),
    });
    this.#attach(settings.head);
  }

  get state(): ConnectionState {
    return this.#closing.state;
  }

  /** Names of the extensions in use. */
  get extensions(): readonly string[] {
    return this.#settings.coder === undefined ? [] : [this.#settings.coder.name];
  }

  /** Bytes that `send` accepted and that the operating system has not taken yet, framing included. */
  get bufferedBytes(): number {
    return this.#outgoing.bufferedBytes;
  }

  /** The last round trip of a Ping: milliseconds; undefined before the first. */
  get latencyMs(): number | undefined {
    return this.#pings?.latencyMs;
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<CloseRecord> {
    if (this.#record !== undefined) return Promise.resolve(this.#record);
    if (this.#closed === undefined) {
      let resolve: (record: CloseRecord) => void = () => undefined;
      const promise = new Promise<CloseRecord>((settle) => (resolve = settle));
      this.#closed = { promise, resolve };
    }
    return this.#closed.promise;
  }

  /**
   * Sends a whole message: a string as text, bytes as binary, or what `prepare` made. Bytes must not change before the
   * socket has taken them (`bufferedBytes` tells).
   * @returns false: stop, and go on at `drain`; the message was taken all the same. False too once the connection is
   *   closing: then it was not taken.
   * @throws UsageError `ERR_SOKKER_ARGUMENT` for anything else
   */
  send(data: string | Bytes | Prepared, options?: SendOptions): boolean {
    const compress = options?.compress !== false;
    const opcode = opcodeOf(data, options);
    const bytes = data instanceof Prepared || typeof data === 'string' ? undefined : bytesOf(data);
    if (this.#closing.sent || this.state === 'closed') return false;
    if (this.#outgoing.bufferedBytes >= this.#settings.maxBufferedBytes) return this.#tooSlow();
    if (data instanceof Prepared) this.#outgoing.prepared(data, compress);
    else if (bytes !== undefined) this.#outgoing.message(opcode, bytes, bytes.length, compress);
    else this.#outgoing.message(opcode, data as string, Buffer.byteLength(data as string), compress);
    return this.#outgoing.writable;
  }

  /**
   * Sends a Ping.
   * @param data at most 125 bytes (RFC 6455 §5.5); default: a payload that tells this Ping from the others
   * @returns the round trip in milliseconds; rejects with `ERR_SOKKER_CLOSED` when the connection ends first
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  ping(data?: string | Bytes): Promise<number> {
    this.#pings ??= new Pings(this.#settings.clock ?? systemClock);
    const payload =
      data === undefined ? this.#pings.nextPayload() : Buffer.from(typeof data === 'string' ? data : bytesOf(data));
    if (payload.length > MAX_CONTROL_BYTES) {
      throw new UsageError('ERR_SOKKER_ARGUMENT', `a Ping may carry 125 bytes, not ${payload.length} (RFC 6455 §5.5)`);
    }
    if (this.#closing.sent || this.state === 'closed') return Promise.reject(new ConnectionError('ERR_SOKKER_CLOSED'));
    this.#outgoing.ping(payload);
    return this.#pings.sent(payload);
  }

  /**
   * Closes in order: a Close behind everything that was sent, then the peer's Close, at the latest after
   * `closeTimeoutMs` the end (RFC 6455 §7.1.2). Messages still arrive until then; those that nobody takes are dropped.
   * @param code 1000 to 1003, 1007 to 1014, 3000 to 4999; default 1000
   * @param reason at most 123 bytes as UTF-8
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  close(code: number = CloseCode.normal, reason = ''): Promise<CloseRecord> {
    const payload = encodeClose(code, reason);
    if (!this.#closing.sent && this.state !== 'closed') {
      this.#closing.sendClose({ code, reason });
      this.#outgoing.close(payload);
      this.#startTimer();
      this.#incoming.resume('application');
      this.#release();
    }
    return this.closed;
  }

  /**
   * Gives the connection up because of an error (RFC 6455 §7.1.7): a Close with the error's own code where it has one,
   * else 1011, and no more reading. What waits to be sent is dropped.
   */
  fail(error: Error): void {
    this.#fail(error);
  }

  /** Destroys the socket at once, without a Close. */
  terminate(): void {
    this.#closing.lose('us');
    this.#outgoing.abandon();
    this.#incoming.stop();
    this.#duplex.destroy();
  }

  /** Stops reading: no events, no answers to Pings, and soon the peer's TCP window is full. */
  pause(): void {
    this.#incoming.pause('application');
  }

  /** Goes on reading. */
  resume(): void {
    this.#incoming.resume('application');
    this.#release();
  }

  /** For peers that are only written to: their messages are dropped, their control frames still answered. */
  discard(): void {
    this.#discarding = true;
    this.#release();
  }

  /** Messages in order; ends when the connection does. Leaving the loop leaves the connection open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    const leave = (): void => {
      this.#iterator = undefined;
      this.#incoming.resume('iterator is full');
    };
    this.#iterator?.end();
    this.#iterator = new MessageIterator(() => this.#incoming.resume('iterator is full'), leave);
    if (this.#record !== undefined) this.#iterator.end();
    const iterator = this.#iterator;
    this.#release();
    return iterator;
  }

  /** A listener of ours returned a promise that was rejected. */
  override [captureRejectionSymbol](...[error]: readonly unknown[]): void {
    this.#fail(asError(error));
  }

  #attach(head: Uint8Array | undefined): void {
    const duplex = this.#duplex;
    if (head !== undefined && head.length > 0) duplex.unshift(head);
    duplex.on('data', (chunk: Buffer) => {
      this.#outgoing.hold();
      this.#incoming.read(chunk);
      this.#outgoing.release();
    });
    duplex.on('end', () => this.#incoming.end());
    duplex.on('error', (error) => this.#lost(error));
    duplex.on('close', () => this.#socketClosed());
  }

  #deliver(message: Message): void {
    if (this.#iterator !== undefined) {
      if (!this.#iterator.push(message)) this.#incoming.pause('iterator is full');
      return;
    }
    const owned = this.#owner?.takesMessages() === true;
    const heard = this.#tell('message', message);
    if (owned) this.#owner?.onMessage(message, this);
    if (heard || owned || this.#discarding || this.#closing.sent) return;
    this.#waiting = message;
    this.#incoming.pause('nobody listens');
    (this as EventEmitter).on('newListener', Connection.#wake);
  }

  /** The listener is not there yet when `newListener` is emitted, hence the tick. */
  static #wake(this: Connection, name: string | symbol): void {
    if (name === 'message') process.nextTick(() => this.#release());
  }

  /** Hands on the message that waited, if someone takes it now. */
  #release(): void {
    const message = this.#waiting;
    if (message === undefined) return;
    this.#waiting = undefined;
    (this as EventEmitter).off('newListener', Connection.#wake);
    try {
      this.#deliver(message);
    } catch (error) {
      this.#fail(asError(error));
    }
    if (this.#waiting === undefined) this.#incoming.resume('nobody listens');
  }

  #control(frame: FrameSlice): void {
    if (frame.opcode === Opcode.close) return this.#peerCloses(frame.payload);
    if (frame.opcode === Opcode.pong) {
      this.#pings?.received(frame.payload);
      this.#tell('pong', frame.payload);
      return;
    }
    if (!this.#closing.sent) this.#outgoing.pong(frame.payload);
    this.#tell('ping', frame.payload);
  }

  #peerCloses(payload: Buffer): void {
    const said = parseClose(payload);
    this.#closing.receiveClose(said);
    this.#incoming.stop();
    if (!this.#closing.sent) {
      const code = said.code === CloseCode.noStatus ? undefined : said.code;
      this.#outgoing.close(encodeClose(code));
      this.#closing.sendClose({ code: said.code, reason: '' });
    }
    // RFC 6455 §7.1.1: the server ends TCP first, the client waits for it.
    if (this.#settings.role === 'server') this.#outgoing.end();
    this.#startTimer();
  }

  /** Fails the connection (RFC 6455 §7.1.7): one Close with the code that the error stands for, and no more reading. */
  #fail(error: Error): void {
    if (this.state === 'closed') return this.#report(error);
    const silent = this.#closing.sent;
    const code = closeCodeFor(error);
    this.#closing.fail(error, code === undefined ? 'peer' : 'us');
    this.#incoming.stop();
    this.#outgoing.abandon();
    if (!silent && code !== undefined) {
      const reason = code === CloseCode.internalError ? '' : cut(error.message);
      this.#outgoing.close(encodeClose(code, reason));
      this.#closing.sendClose({ code, reason });
    }
    this.#outgoing.end();
    this.#startTimer();
    this.#report(error);
  }

  #tooSlow(): false {
    channels.slow.publish({ connection: this, bufferedBytes: this.bufferedBytes });
    // A Close would wait behind what the peer does not read.
    const error = new ConnectionError('ERR_SOKKER_TOO_SLOW');
    this.#closing.fail(error, 'us');
    this.terminate();
    this.#report(error);
    return false;
  }

  #startTimer(): void {
    this.#closing.startTimer(this.#settings.closeTimeoutMs, () => {
      if (!this.#closing.shaken) this.#closing.fail(new ConnectionError('ERR_SOKKER_CLOSE_TIMEOUT'), 'us');
      this.#gone = false;
      this.#incoming.stop();
      this.#duplex.destroy();
      if (this.#duplex.closed) this.#finish();
    });
  }

  #inputEnded(): void {
    if (this.#gone) return this.#finish();
    if (!this.#closing.shaken) this.#closing.lose('peer');
    this.#outgoing.end();
    this.#startTimer();
  }

  #lost(error: Error): void {
    if (this.#closing.shaken || this.state === 'closed') return;
    this.#closing.fail(new ConnectionError('ERR_SOKKER_CONNECTION_LOST', { cause: error }), 'network');
    this.#report(error);
  }

  #socketClosed(): void {
    this.#gone = this.#incoming.draining;
    if (this.#gone) this.#startTimer();
    else this.#finish();
  }

  #finish(): void {
    if (this.#record !== undefined) return;
    const record = this.#closing.finish();
    this.#record = record;
    this.#incoming.stop();
    this.#outgoing.abandon();
    this.#settings.coder?.close();
    this.#pings?.end(new ConnectionError('ERR_SOKKER_CLOSED'));
    this.#iterator?.end();
    this.#waiting = undefined;
    if (channels.close.hasSubscribers) channels.close.publish({ connection: this, record });
    this.#owner?.onClose(record, this);
    this.#tell('close', record);
    this.#closed?.resolve(record);
  }

  /** Emits; a listener that throws fails this connection and nothing else. */
  #tell<Name extends keyof ConnectionEvents>(name: Name, ...args: ConnectionEvents[Name]): boolean {
    try {
      return (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      this.#fail(asError(error));
      return true;
    }
  }

  #report(error: Error): void {
    if (channels.error.hasSubscribers) channels.error.publish({ connection: this, error });
    this.#owner?.onError(error, this);
    if (this.listenerCount('error') === 0) return;
    try {
      this.emit('error', error);
    } catch (fault) {
      // An `error` listener that throws has nobody left to tell but those who watch the channel.
      channels.error.publish({ connection: this, error: asError(fault) });
    }
  }
}

function opcodeOf(data: unknown, options: SendOptions | undefined): Opcode {
  const type = options?.type ?? (typeof data === 'string' ? 'text' : 'binary');
  if (type !== 'text' && type !== 'binary') {
    throw new UsageError('ERR_SOKKER_ARGUMENT', "a message's type is 'text' or 'binary'");
  }
  return type === 'text' ? Opcode.text : Opcode.binary;
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new ConnectionError('ERR_SOKKER_HANDLER', { cause: value });
}

/** As much of a text as a reason holds, never cutting a character. */
function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_REASON_BYTES));
  return text.slice(0, read);
}
