import { CloseCode, textPayload, type Message } from '@sokker/frame';
import { captureRejectionSymbol } from 'node:events';
import type { Duplex } from 'node:stream';
import { payloadOf, pingPayload, type Bytes } from './bytes.js';
import type { CloseRecord } from './close-record.js';
import type { ConnectionState } from './closing.js';
import { Delivery } from './delivery.js';
import { Engine } from './engine.js';
import type { ConnectionEvents, ConnectionOwner } from './events.js';
import { acceptedMessages, awaitFlush } from './flushed.js';
import { ConnectionSettings, expectReceive, type ConnectionOptions, type Session } from './options.js';
import { LateEmitter } from './late-emitter.js';
import type { MessageStream } from './message-stream.js';
import { sendPing, sendProbe } from './pings.js';
import { Prepared } from './prepared.js';
import { awaitRoom } from './room.js';
import { mayCompress, opcodeOf, signalOf } from './send-options.js';
import type { SendOptions, SendStreamOptions, WaitOptions } from './send-options.js';
import { sendStreamed } from './send-stream.js';
import type { MessageSource } from './source.js';
import { isTooSlow } from './too-slow.js';
import { vitalsOf, type Vitals } from './vitals.js';

/**
 * One open WebSocket over any Duplex, in either role (RFC 6455 §5 to §8); the opening handshake is behind it. It
 * answers Pings, keeps the closing handshake and its timers, and gathers what is sent during one turn into one write.
 *
 * Messages go to `message` listeners or to an iterator (`for await (const message of connection)`), never to both.
 * With neither, reading stops after one message plus 64 KiB, and goes on when someone comes: none is lost.
 */
export class Connection<Context = unknown> extends LateEmitter<ConnectionEvents> implements AsyncIterable<Message> {
  /** Anything the application ties to this connection. */
  context: Context;
  /** The negotiated subprotocol; '' for none. */
  readonly protocol: string;
  readonly #settings: ConnectionSettings;
  readonly #delivery: Delivery<Context>;
  readonly #engine: Engine;

  /**
   * Takes over `duplex`, which nobody else may use from here on. Checked options may be shared: see ConnectionSettings.
   * @param session what the opening handshake agreed on
   * @param owner hears of everything too; for those who look after many connections
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  constructor(
    duplex: Duplex,
    options: ConnectionOptions | ConnectionSettings,
    session: Session<Context> = {},
    owner?: ConnectionOwner<Context>,
  ) {
    super();
    this.context = session.context as Context;
    this.protocol = session.protocol ?? '';
    this.#settings = options instanceof ConnectionSettings ? options : new ConnectionSettings(options);
    this.#delivery = new Delivery(this, owner, (listener) => new Engine(duplex, this.#settings, session, listener));
    this.#engine = this.#delivery.engine;
  }

  /** Names of the extensions in use. */
  get extensions(): readonly string[] {
    return this.#engine.extensions;
  }

  get state(): ConnectionState {
    return this.#engine.state;
  }

  /** Bytes that `send` accepted and that the operating system has not taken yet, framing included. */
  get bufferedBytes(): number {
    return this.#engine.outgoing.writer.bufferedBytes;
  }

  /**
   * Messages given to `send` that the operating system has taken whole. Who asks, before sending, begins the count, and keeps
   * what was given: from then on `bufferedBytes` counts messages as long as they were given. Not those of `sendStream`.
   */
  get acceptedMessages(): number {
    return acceptedMessages(this.#engine);
  }

  /** Resolves when the operating system has taken all that was sent until now; rejects when the connection ends before. */
  flushed(): Promise<void> {
    return awaitFlush(this.#engine);
  }

  /** The last round trip of a Ping: milliseconds; undefined before the first. */
  get latencyMs(): number | undefined {
    return this.#engine.pings?.latencyMs;
  }

  /** Memory of the Pings whose Pongs have not come: bytes. */
  get pingBytes(): number {
    return this.#engine.pings?.bytes ?? 0;
  }

  /** Memory that this connection's messages and Pings take, on their way in and out: bytes. */
  get retainedBytes(): number {
    return this.#engine.incoming.retainedBytes + this.#delivery.heldBytes + this.bufferedBytes + this.pingBytes;
  }

  /** How the connection lives at the moment. */
  vitals(): Vitals {
    return vitalsOf(this.#engine);
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<CloseRecord> {
    return this.#delivery.closed();
  }

  /**
   * Sends a whole message: a string as text, bytes as binary, or what `prepare` made. Bytes must not change before the
   * socket has taken them (`bufferedBytes` tells).
   * @returns false: stop, and go on at `drain`; the message was taken all the same, unless the connection is closing
   * @throws UsageError `ERR_SOKKER_ARGUMENT` for anything else
   */
  send(data: string | Bytes | Prepared, options?: SendOptions): boolean {
    const { outgoing } = this.#engine;
    const compress = mayCompress(options);
    const text = typeof data === 'string' ? data : undefined;
    const opcode = opcodeOf(text, options);
    const bytes = text !== undefined || data instanceof Prepared ? undefined : payloadOf(data);
    if (!this.#engine.sendable || isTooSlow(this, this.#engine, this.#settings)) return false;
    const payload = text === undefined ? bytes : textPayload(text);
    if (payload === undefined) outgoing.prepared(data as Prepared, compress);
    else outgoing.message(opcode, payload, compress);
    return outgoing.writer.writable;
  }

  /**
   * Sends a Ping. Until its Pong has come it counts towards `maxBufferedBytes`, with 128 bytes and its payload.
   * @param data at most 125 bytes (RFC 6455 §5.5); default: a payload that tells this Ping from the others
   * @returns the round trip in milliseconds; rejects with `ERR_SOKKER_CLOSED` when the connection ends first
   * @throws UsageError `ERR_SOKKER_ARGUMENT`, `ERR_SOKKER_OPTION`
   */
  ping(data?: string | Bytes, options?: WaitOptions): Promise<number> {
    const payload = data === undefined ? data : pingPayload(data);
    const signal = signalOf('ping', options);
    if (signal?.aborted !== true && this.#engine.sendable)
      isTooSlow(this, this.#engine, this.#settings, this.pingBytes);
    return sendPing(this.#engine, this.#settings.clock, payload, signal);
  }

  /** As `ping`, again and again: the one sent before in this way is given up with `ERR_SOKKER_UNRESPONSIVE`. */
  probe(): Promise<number> {
    return sendProbe(this.#engine, this.#settings.clock);
  }

  /** Sends a Pong that answers no Ping (RFC 6455 §5.5.3), of at most 125 bytes. @throws UsageError `ERR_SOKKER_ARGUMENT` */
  pong(data: string | Bytes = ''): void {
    const payload = pingPayload(data, 'Pong');
    if (this.#engine.sendable) this.#engine.outgoing.pong(payload, false);
  }

  /**
   * Closes in order: a Close behind everything that was sent, then the peer's Close, at the latest when nothing has moved
   * for `closeTimeoutMs` the end (RFC 6455 §7.1.2). Messages still arrive until then; those that nobody takes are dropped.
   * @param code 1000 to 1003, 1007 to 1014, 3000 to 4999, or null for a Close that says nothing; default 1000
   * @param reason at most 123 bytes as UTF-8
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  close(code: number | null = CloseCode.normal, reason = ''): Promise<CloseRecord> {
    this.#engine.close(code, reason);
    this.#delivery.close();
    return this.closed;
  }

  /**
   * Gives the connection up because of an error (RFC 6455 §7.1.7): a Close with the code and the message of a ProtocolError
   * or LimitError, 1011 without a reason for any other; none where one has left, or an error has failed it before. Nothing
   * more is read, and messages that wait for one still being made are dropped.
   */
  fail(error: Error): void {
    this.#delivery.fail(error);
  }

  /** Destroys the socket at once, without a Close. @param error why, for the record; reaches `error` too */
  terminate(error?: Error | null): void {
    this.#engine.terminate(error ?? undefined);
  }

  /** Stops reading: no events, no answers to Pings, and soon the peer's TCP window is full. */
  pause(): void {
    this.#engine.incoming.pause('application');
  }

  /** Goes on reading. */
  resume(): void {
    this.#engine.incoming.resume('application');
    this.#delivery.release();
  }

  /** Hands on the message that waited; for an owner that did not take messages and now does. */
  deliver(): void {
    this.#delivery.release();
  }

  /** For peers that are only written to: their messages are dropped, their control frames still answered. */
  discard(): void {
    this.#delivery.discard();
  }

  /**
   * Sends a message while it is being made: a Readable, a ReadableStream, a Blob, or an iterable of strings or bytes.
   * It is asked for more only while fewer than `highWaterMarkBytes` wait. Control frames pass between its fragments; other
   * messages wait for its end. While it waits itself it counts towards `maxBufferedBytes`, with 2 KiB.
   * @returns resolves when all of it was accepted. Rejects when the source fails, the signal aborts or the connection
   *   ends. A message that was begun cannot be taken back: the connection is then closed with 1011 between two
   *   fragments, or without a Close inside the one frame of a message whose size was given.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  sendStream(source: MessageSource, options: SendStreamOptions = {}): Promise<void> {
    return sendStreamed(this.#engine, source, options, () => isTooSlow(this, this.#engine, this.#settings));
  }

  /**
   * Resolves when `send` would answer true, or at the next `drain`; rejects when the connection ends before.
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  writable(options?: WaitOptions): Promise<void> {
    return awaitRoom(this.#engine, signalOf('writable', options));
  }

  /**
   * Messages as streams, in order, with `receive: 'stream'`: each begins when the one before was read or let go.
   * @throws UsageError `ERR_SOKKER_ARGUMENT`
   */
  streams(): AsyncIterableIterator<MessageStream> {
    expectReceive(this.#settings, 'stream');
    return this.#delivery.iterate() as AsyncIterableIterator<MessageStream>;
  }

  /** Messages in order; ends when the connection does. Leaving the loop leaves the connection open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    expectReceive(this.#settings, 'whole');
    return this.#delivery.iterate() as AsyncIterableIterator<Message>;
  }

  /** A listener of ours returned a promise that was rejected. */
  override [captureRejectionSymbol](...[error, event]: readonly unknown[]): void {
    this.#delivery.fault(error, event);
  }

  /** Has what was sent written now; of itself that is done at the end of the turn, for all of it together. */
  flush(): void {
    this.#engine.outgoing.writer.offer();
  }
}
