import { closeCodeFor, CloseCode, encodeClose, Opcode, parseClose } from '@sokker/frame';
import type { FrameSlice, MessageCoder } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import type { CloseRecord } from './close-record.js';
import { Closing, type ConnectionState } from './closing.js';
import { listenTo, type DuplexListener } from './duplex-listener.js';
import { ConnectionError, connectionLost } from './errors.js';
import { closed, codeOf, cut } from './failure.js';
import type { EngineListener } from './engine-listener.js';
import { Incoming } from './incoming.js';
import type { IncomingSink } from './incoming-sink.js';
import type { ConnectionSettings, Session } from './options.js';
import type { OutgoingSink } from './outgoing-sink.js';
import { Outgoing } from './outgoing.js';
import { hearPingOrPong, type Pings } from './pings.js';
import { breakOff, hasPassedOn, unsentBytes } from './plain-socket.js';
import { Rates } from './rates.js';
import type { Received } from './received.js';
import { turn } from './turn.js';

/** The protocol of one connection: joins what comes in, what goes out, and the closing handshake (RFC 6455 §5.5, §7). */
export class Engine implements IncomingSink, OutgoingSink, DuplexListener {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #listener: EngineListener;
  readonly #rates: Rates | undefined;
  /** Made when the end begins: most of its life a connection is open and has nothing to say of it. */
  #closing: Closing | undefined;
  /** Made for the first Ping of ours. */
  pings: Pings | undefined = undefined;
  /** The socket has closed, while what was read is still to be delivered. */
  #gone = false;
  record: CloseRecord | undefined = undefined;
  bytesReceived = 0;
  messagesReceived = 0;

  constructor(duplex: Duplex, settings: ConnectionSettings, session: Session, listener: EngineListener) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = session.coder;
    this.#listener = listener;
    this.#rates = Rates.of(settings);
    this.outgoing = new Outgoing(duplex, settings, session.coder, this);
    this.incoming = new Incoming(duplex, settings, session.coder, this);
    listenTo(duplex, this, session.head);
  }

  get state(): ConnectionState {
    return this.#closing?.state ?? 'open';
  }

  get sendable(): boolean {
    return this.state === 'open';
  }

  /** Whether we have said Close, though it may still wait behind a message. */
  get closeSent(): boolean {
    return this.#closing?.sent === true;
  }

  get extensions(): readonly string[] {
    return this.#coder === undefined ? [] : [this.#coder.name];
  }

  close(code: number | null, reason: string): void {
    const payload = encodeClose(code ?? undefined, reason);
    this.incoming.resume('application');
    if (!this.sendable) return;
    this.#ending.sendClose({ code: code ?? CloseCode.noStatus, reason });
    this.outgoing.close(payload);
    this.#startTimer();
  }

  terminate(error?: Error): void {
    if (this.state === 'closed') return;
    if (turn.isKeeping) this.outgoing.writer.offer();
    if (error === undefined) this.#ending.lose('us');
    else this.#ending.fail(error, 'us', codeOf(error));
    this.outgoing.abandon(() => closed(error));
    this.incoming.stop(closed);
    this.#listener.forget();
    breakOff(this.#duplex);
    this.#startTimer();
    if (error !== undefined) this.#tell(error);
    this.taken();
  }

  /** Fails the connection (RFC 6455 §7.1.7): one Close with the code that the error stands for, and no more reading. */
  fail(error: Error): void {
    if (this.state === 'closed') return;
    // A Close that still waits behind a message gives way to what there is to say now, unless that says what failed first.
    const silent = this.outgoing.closeFramed || this.#closing?.failed === true;
    const code = closeCodeFor(error);
    this.#ending.fail(error, code === undefined ? 'peer' : 'us', code);
    this.incoming.stop(() => error);
    this.outgoing.abandon(() => closed(error));
    if (!silent && code !== undefined) this.#sayClose(code, code === CloseCode.internalError ? '' : cut(error.message));
    this.outgoing.end();
    this.#startTimer();
    this.#tell(error);
    this.taken();
  }

  get holding(): boolean {
    return this.#listener.holding;
  }

  onReceived(received: Received): void {
    this.messagesReceived++;
    this.#rates?.takeMessage();
    this.#listener.onReceived(received);
  }

  onControl(frame: FrameSlice): void {
    if (frame.opcode === Opcode.close) return this.#peerCloses(frame.payload);
    this.#rates?.takeControlFrame();
    hearPingOrPong(this, this.#listener, frame);
  }

  onDrain(): void {
    this.#listener.onDrain();
  }

  onMoved(bytes: number): void {
    this.#closing?.moved(bytes);
  }

  onResume(): void {
    if (this.#gone) this.#closing?.moved(Infinity);
  }

  onEnd(): void {
    if (this.#gone) return this.taken();
    if (this.#closing?.shaken !== true) {
      this.#ending.lose('peer');
      this.#cutShort();
    }
    // A system call less of each connection that a peer leaves without a word (packages/bench, row "opened and closed").
    if (this.outgoing.empty && hasPassedOn(this.#duplex)) return void this.#duplex.destroy();
    this.outgoing.end();
    this.#startTimer();
  }

  onDataEnd(): void {
    this.incoming.end();
  }

  onData(chunk: Buffer): void {
    this.bytesReceived += chunk.length;
    this.outgoing.writer.hold();
    this.incoming.read(chunk);
    this.outgoing.writer.release();
    this.#listener.onRead();
  }

  onDecodedLater(): void {
    this.#listener.onRead();
  }

  #peerCloses(payload: Buffer): void {
    const said = parseClose(payload);
    this.#ending.receiveClose(said);
    this.incoming.stop(closed);
    // RFC 6455 §5.5.1: the answer may wait for the message in progress; one without an end is cut short.
    this.#cutShort();
    if (!this.closeSent && !this.outgoing.midFrame) this.#sayClose(said.code, '');
    // RFC 6455 §7.1.1: the server ends TCP first, the client waits for it, unless it has seen it before the Close.
    if (this.#settings.role === 'server' || this.incoming.ended) this.outgoing.end();
    this.#startTimer();
    this.taken();
  }

  /** Gives up messages that are sent as streams; inside a frame that was begun nothing more can be said. */
  #cutShort(): void {
    this.outgoing.interrupt(closed);
    if (!this.outgoing.midFrame) return;
    this.#ending.lose('us');
    breakOff(this.#duplex);
  }

  #sayClose(code: number, reason: string): void {
    // Inside a frame that was begun a Close would be read as its payload.
    if (this.outgoing.midFrame) return breakOff(this.#duplex);
    this.outgoing.close(encodeClose(code === CloseCode.noStatus ? undefined : code, reason));
    this.#ending.sendClose({ code, reason });
  }

  #tell(error: Error): void {
    this.#ending.tell(error, () => this.#listener.onError(error));
  }

  get #ending(): Closing {
    return (this.#closing ??= new Closing(this.#settings.clock));
  }

  #startTimer(): void {
    const untaken = (): number => (this.#gone ? this.incoming.retainedBytes : 0);
    const sent = (): number => (this.#gone ? 0 : this.outgoing.writer.bytesWritten - (unsentBytes(this.#duplex) ?? 0));
    this.#ending.startTimer(this.#settings.closeTimeoutMs, untaken, sent, () => {
      const isDone = (this.#ending.shaken && this.outgoing.empty) || this.#duplex.destroyed;
      if (!isDone) this.#ending.fail(new ConnectionError('ERR_SOKKER_CLOSE_TIMEOUT'), 'us');
      this.#gone = false;
      this.incoming.stop(closed);
      this.#listener.forget();
      breakOff(this.#duplex);
      this.#finish(); // not every duplex says that it has closed
    });
  }

  onDuplexError(error: Error): void {
    // Both have said Close: that the socket breaks now matters only where ours has not left.
    if ((this.#closing?.shaken === true && this.outgoing.empty) || this.state === 'closed') return;
    const lost = connectionLost({ cause: error });
    this.#ending.fail(lost, 'network');
    breakOff(this.#duplex); // some do not by themselves, and would be waited for without end
    this.#startTimer();
    this.#tell(lost);
  }

  onDuplexClose(): void {
    this.incoming.lose();
    // What came whole can still be taken, as long as someone goes on taking it; what is sent would go nowhere.
    this.#gone = this.incoming.draining || this.#listener.holding;
    if (!this.#gone) return this.#finish();
    this.#ending.lose(this.incoming.ended ? 'peer' : 'network');
    this.outgoing.interrupt(closed);
    this.#startTimer();
    this.#ending.moved(Infinity);
  }

  /** Everything that came has been taken. */
  taken(): void {
    if (this.#gone && !this.incoming.draining && !this.#listener.holding) this.#finish();
  }

  #finish(): void {
    if (this.record !== undefined) return;
    this.record = this.#ending.finish(this.outgoing.closeFramed && this.outgoing.empty);
    this.incoming.stop(closed);
    this.outgoing.abandon(closed);
    this.outgoing.writer.drop();
    this.#coder?.close();
    this.pings?.end(closed());
    this.#listener.onClose(this.record);
  }
}
