import { closeCodeFor, CloseCode, encodeClose, MAX_REASON_BYTES, Opcode, parseClose } from '@sokker/frame';
import type { FrameSlice, Message, MessageCoder } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import type { CloseRecord } from './close-record.js';
import { Closing } from './closing.js';
import { ConnectionError } from './errors.js';
import { Incoming, type IncomingSink } from './incoming.js';
import type { MessageStream } from './message-stream.js';
import type { ConnectionSettings, Session } from './options.js';
import { Outgoing, type OutgoingSink } from './outgoing.js';
import { Pings } from './pings.js';
import { Rates } from './rates.js';

/** Who is told what happens: the Connection around the engine. What it is told it must not throw about. */
export interface EngineListener {
  onMessage(message: Message): void;
  onStream(message: MessageStream): void;
  /** A chunk of so many bytes was read and dealt with. */
  onRead(bytes: number): void;
  onPing(payload: Buffer): void;
  onPong(payload: Buffer): void;
  onDrain(): void;
  onError(error: Error): void;
  /** Once, and last. */
  onClose(record: CloseRecord): void;
}

/** The protocol of one connection: joins what comes in, what goes out, and the closing handshake (RFC 6455 §5.5, §7). */
export class Engine implements IncomingSink, OutgoingSink {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly closing: Closing;
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #listener: EngineListener;
  readonly #rates: Rates | undefined;
  #pings: Pings | undefined;
  /** The socket has closed, while what was read is still to be delivered. */
  #gone = false;
  record: CloseRecord | undefined;
  messagesReceived = 0;

  constructor(duplex: Duplex, settings: ConnectionSettings, session: Session, listener: EngineListener) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = session.coder;
    this.#listener = listener;
    this.#rates = Rates.of(settings);
    this.closing = new Closing(settings.clock);
    this.outgoing = new Outgoing(duplex, settings, session.coder, this);
    this.incoming = new Incoming(duplex, settings, session.coder, this);
    if (session.head !== undefined && session.head.length > 0) duplex.unshift(session.head);
    duplex.on('data', (chunk: Buffer) => this.#read(chunk));
    duplex.on('end', () => this.incoming.end());
    duplex.on('error', (error) => this.#lost(error));
    duplex.on('close', () => this.#socketClosed());
  }

  /** Whether messages can still be sent. */
  get sendable(): boolean {
    return this.closing.state === 'open';
  }

  get extensions(): readonly string[] {
    return this.#coder === undefined ? [] : [this.#coder.name];
  }

  get latencyMs(): number | undefined {
    return this.#pings?.latencyMs;
  }

  ping(given: Buffer | undefined): Promise<number> {
    if (!this.sendable) return Promise.reject(new ConnectionError('ERR_SOKKER_CLOSED'));
    this.#pings ??= new Pings(this.#settings.clock);
    const payload = given ?? this.#pings.nextPayload();
    this.outgoing.ping(payload);
    return this.#pings.sent(payload);
  }

  close(code: number | null, reason: string): void {
    const payload = encodeClose(code ?? undefined, reason);
    if (!this.sendable) return;
    this.closing.sendClose({ code: code ?? CloseCode.noStatus, reason });
    this.outgoing.close(payload);
    this.#startTimer();
    this.incoming.resume('application');
  }

  terminate(error?: Error): void {
    if (this.closing.state === 'closed') return;
    if (error === undefined) this.closing.lose('us');
    else this.closing.fail(error, 'us');
    this.outgoing.abandon(closed);
    this.incoming.stop(closed);
    this.#duplex.destroy();
    if (error !== undefined) this.#listener.onError(error);
  }

  /** Fails the connection (RFC 6455 §7.1.7): one Close with the code that the error stands for, and no more reading. */
  fail(error: Error): void {
    if (this.closing.state === 'closed') return this.#listener.onError(error);
    const silent = this.closing.sent;
    const code = closeCodeFor(error);
    this.closing.fail(error, code === undefined ? 'peer' : 'us');
    this.incoming.stop(() => error);
    this.outgoing.abandon(() => error);
    if (!silent && code !== undefined) this.#sayClose(code, code === CloseCode.internalError ? '' : cut(error.message));
    this.outgoing.end();
    this.#startTimer();
    this.#listener.onError(error);
  }

  onMessage(message: Message): void {
    this.messagesReceived++;
    this.#rates?.takeMessage();
    this.#listener.onMessage(message);
  }

  onStream(message: MessageStream): void {
    this.messagesReceived++;
    this.#rates?.takeMessage();
    this.#listener.onStream(message);
  }

  onControl(frame: FrameSlice): void {
    if (frame.opcode === Opcode.close) return this.#peerCloses(frame.payload);
    this.#rates?.takeControlFrame();
    if (frame.opcode === Opcode.pong) {
      this.#pings?.received(frame.payload);
      this.#listener.onPong(frame.payload);
      return;
    }
    if (!this.closing.sent) this.outgoing.pong(frame.payload);
    this.#listener.onPing(frame.payload);
  }

  onFailure(error: Error): void {
    this.fail(error);
  }

  onDrain(): void {
    this.#listener.onDrain();
  }

  onEnd(): void {
    if (this.#gone) return this.#finish();
    if (!this.closing.shaken) this.closing.lose('peer');
    this.outgoing.end();
    this.#startTimer();
  }

  #read(chunk: Buffer): void {
    const bytes = chunk.length;
    // Answers to one chunk leave together.
    this.outgoing.writer.hold();
    this.incoming.read(chunk);
    this.outgoing.writer.release();
    this.#listener.onRead(bytes);
  }

  #peerCloses(payload: Buffer): void {
    const said = parseClose(payload);
    this.closing.receiveClose(said);
    this.incoming.stop(closed);
    // RFC 6455 §5.5.1: the answer may wait for the message in progress; one without an end is cut short.
    this.outgoing.interrupt(closed);
    if (!this.closing.sent) this.#sayClose(said.code, '');
    // RFC 6455 §7.1.1: the server ends TCP first, the client waits for it.
    if (this.#settings.role === 'server') this.outgoing.end();
    this.#startTimer();
  }

  #sayClose(code: number, reason: string): void {
    // Inside a frame that was begun a Close would be read as its payload.
    if (this.outgoing.midFrame) return void this.#duplex.destroy();
    this.outgoing.close(encodeClose(code === CloseCode.noStatus ? undefined : code, reason));
    this.closing.sendClose({ code, reason });
  }

  #startTimer(): void {
    this.closing.startTimer(this.#settings.closeTimeoutMs, () => {
      if (!this.closing.shaken) this.closing.fail(new ConnectionError('ERR_SOKKER_CLOSE_TIMEOUT'), 'us');
      this.#gone = false;
      this.incoming.stop(closed);
      this.#duplex.destroy();
      if (this.#duplex.closed) this.#finish();
    });
  }

  #lost(error: Error): void {
    if (this.closing.shaken || this.closing.state === 'closed') return;
    const lost = new ConnectionError('ERR_SOKKER_CONNECTION_LOST', { cause: error });
    this.closing.fail(lost, 'network');
    this.#listener.onError(lost);
  }

  #socketClosed(): void {
    this.#gone = this.incoming.draining;
    if (this.#gone) this.#startTimer();
    else this.#finish();
  }

  #finish(): void {
    if (this.record !== undefined) return;
    this.record = this.closing.finish();
    this.incoming.stop(closed);
    this.outgoing.abandon(closed);
    this.outgoing.writer.drop();
    this.#coder?.close();
    this.#pings?.end(closed());
    this.#listener.onClose(this.record);
  }
}

/** Made where someone is told: most connections end with nobody waiting. */
function closed(): Error {
  return new ConnectionError('ERR_SOKKER_CLOSED');
}

/** As much of a text as a reason holds, never cutting a character. */
function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_REASON_BYTES));
  return text.slice(0, read);
}
