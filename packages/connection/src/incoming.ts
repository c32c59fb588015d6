//   1 duplex ─'data'─▶ 2 FrameDecoder ─slices─▶ 3 coded? decode ─▶ 4 AssemblerCore ─▶ 5 message
//                                └─ control frames ─▶ 6
//
// Reading stops, all the way back to the peer's TCP window, while anyone holds a reason to pause: the decoder stops
// inside its chunk, its `write` answers false, the duplex pauses.
import { AssemblerCore, FrameDecoder, isControl } from '@sokker/frame';
import type { FrameSlice, Message, MessageCoder } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { CodedMessages } from './coded-messages.js';
import type { ConnectionSettings } from './options.js';

/** Where decoded things go. */
export interface IncomingSink {
  onMessage(message: Message): void;
  /** A whole control frame. */
  onControl(frame: FrameSlice): void;
  /** The peer broke a rule or a limit; nothing more is decoded. */
  onFailure(error: Error): void;
  /** All that was read is delivered, and the peer has ended its side. */
  onEnd(): void;
}

/** Who keeps reading stopped, and so how it goes on. */
export type PauseReason = 'application' | 'nobody listens' | 'iterator is full' | 'budget' | 'decoding';

/** One peer never owns the event loop: after this many slices, or this long, the others get their turn. */
const BUDGET_SLICES = 256;
const BUDGET_MS = 5;
/** Reading the clock for every slice would cost more than the slice. */
const CLOCK_EVERY = 8;

/** The receiving half of a connection: reads the duplex, decodes, assembles, and hands on under back-pressure. */
export class Incoming {
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #sink: IncomingSink;
  #pauses: Set<PauseReason> | undefined;
  #decoder: FrameDecoder | undefined;
  #assembler: AssemblerCore | undefined;
  #coded: CodedMessages | undefined;
  /** Slices since the others last had their turn, and when the chunk at hand came. */
  #slices = 0;
  #since = 0;
  #stopped = false;
  /** The peer has ended its side while some of what it sent is not delivered. */
  draining = false;

  constructor(duplex: Duplex, settings: ConnectionSettings, coder: MessageCoder | undefined, sink: IncomingSink) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = coder;
    this.#sink = sink;
  }

  get paused(): boolean {
    return this.#pauses !== undefined && this.#pauses.size > 0;
  }

  /** Takes a chunk from the duplex; it belongs to us from here on. */
  read(chunk: Buffer): void {
    if (this.#stopped) return;
    const decoder = (this.#decoder ??= this.#makeDecoder());
    this.#since = performance.now();
    if (decoder.write(chunk) || decoder.writableLength === 0) return;
    this.#duplex.pause();
    decoder.once('drain', () => this.#resumeDuplex());
  }

  /** The peer has ended its side. */
  end(): void {
    if (this.#stopped || this.#decoder === undefined) return this.#sink.onEnd();
    this.draining = true;
    this.#decoder.end();
  }

  /** Ignores everything from here on, and lets go of what was gathered. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.draining = false;
    this.#pauses = undefined;
    this.#assembler = undefined;
    this.#decoder?.destroy();
    this.#duplex.resume();
  }

  pause(reason: PauseReason): void {
    if (this.#stopped) return;
    this.#pauses ??= new Set();
    this.#pauses.add(reason);
    if (this.#decoder === undefined) this.#duplex.pause();
    else this.#decoder.pause();
  }

  resume(reason: PauseReason): void {
    if (this.#pauses?.delete(reason) !== true || this.#pauses.size > 0) return;
    this.#decoder?.resume();
    this.#resumeDuplex();
  }

  #resumeDuplex(): void {
    if (this.paused || (this.#decoder?.writableLength ?? 0) > 0) return;
    this.#duplex.resume();
  }

  #makeDecoder(): FrameDecoder {
    const { role, maxMessageBytes, maxFragments } = this.#settings;
    const decoder = new FrameDecoder({
      role,
      emit: 'slices',
      maxFramePayloadBytes: Infinity,
      maxMessageBytes,
      maxFragments,
      rsv: this.#coder?.rsv ?? 0,
    });
    decoder.on('data', (slice: FrameSlice) => this.#take(slice));
    decoder.on('error', (error) => this.#sink.onFailure(error));
    decoder.on('end', () => {
      this.draining = false;
      this.#sink.onEnd();
    });
    if (this.paused) decoder.pause();
    return decoder;
  }

  #take(slice: FrameSlice): void {
    if (this.#stopped) return;
    this.#spend();
    try {
      if (isControl(slice.opcode)) this.#sink.onControl(slice);
      else if (slice.rsv !== 0 || this.#coded?.open === true) this.#decode(slice);
      else this.#assemble(slice);
    } catch (error) {
      this.#fail(error);
    }
  }

  #assemble(slice: FrameSlice): void {
    this.#assembler ??= new AssemblerCore({ maxMessageBytes: this.#settings.maxMessageBytes });
    const message = this.#assembler.push(slice);
    if (message !== undefined) this.#sink.onMessage(message);
  }

  #decode(slice: FrameSlice): void {
    const coder = this.#coder;
    if (coder === undefined) return;
    this.#coded ??= new CodedMessages(coder, (piece) => this.#assemble(piece));
    const pending = this.#coded.push(slice);
    if (pending === undefined) return;
    this.pause('decoding');
    pending.then(
      () => this.resume('decoding'),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (!this.#stopped) this.#sink.onFailure(error instanceof Error ? error : new Error(String(error)));
  }

  /** Yields when the budget of this peer is used up; its next slices wait until the others had their turn. */
  #spend(): void {
    this.#slices++;
    if (this.#slices < BUDGET_SLICES) {
      if (this.#slices % CLOCK_EVERY !== 0 || performance.now() - this.#since < BUDGET_MS) return;
    }
    this.#slices = 0;
    this.pause('budget');
    setImmediate(() => {
      this.#since = performance.now();
      this.resume('budget');
    });
  }
}
