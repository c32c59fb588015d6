//   1 duplex ─'data'─▶ 2 FrameDecoder ─slices─▶ 3 coded? decode ─▶ 4 AssemblerCore ─▶ 5 message
//                                └─ control frames ─▶ 6
//
// Reading stops, all the way back to the peer's TCP window, while anyone holds a reason to pause: the decoder stops
// inside its chunk, and the duplex pauses, so that no other chunk waits behind it.
import { isControl, type FrameSlice, type MessageCoder } from '@sokker/frame';
import { StreamReceiver } from './message-stream.js';
import type { Duplex } from 'node:stream';
import { CodedMessages } from './coded-messages.js';
import { pause, pauseForTurn } from './direct-reads.js';
import { errorOf } from './failure.js';
import type { IncomingSink } from './incoming-sink.js';
import type { ConnectionSettings } from './options.js';
import type { Stages, StageUser } from './stages.js';
import { TURN_MS } from './turn-share.js';

/** Who keeps reading stopped, and so how it goes on. */
export type PauseReason = 'application' | 'nobody listens' | 'iterator is full' | 'budget' | 'message is taken';

/** One peer never owns the event loop: after this many slices, or `TURN_MS`, the others get their turn. */
const BUDGET_SLICES = 256;
/** So much of another message is put together while one waits for someone to take it; then reading stops. */
const HELD_BYTES = 64 * 1024;
/** Reading the clock for every slice would cost more than the slice. */
const CLOCK_EVERY = 8;

/** The receiving half of a connection: reads the duplex, decodes, assembles, and hands on under back-pressure. */
export class Incoming implements StageUser {
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #sink: IncomingSink;
  #pauses: Set<PauseReason> | undefined;
  /** Ours while a message, or a part of one, is in them. */
  #stages: Stages | undefined;
  #coded: CodedMessages | undefined;
  #streams: StreamReceiver | undefined;
  /** Slices since the others are known to have had their turn, and when the chunk at hand came, in whole milliseconds. */
  #slices = 0;
  #since = 0;
  #renewing = false;
  #reading = false;
  #stopped = false;
  /** Whether the peer has ended its side, or the duplex is gone without that, and all that came before is delivered. */
  #end: 'open' | 'told' | 'lost' | 'delivered' = 'open';
  /** How often reading was stopped, other than for the turn of the others. */
  stops = 0;

  constructor(duplex: Duplex, settings: ConnectionSettings, coder: MessageCoder | undefined, sink: IncomingSink) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = coder;
    this.#sink = sink;
  }

  /** Whether a message, or part of a frame, has begun to arrive and is not whole. */
  get receiving(): boolean {
    return this.#stages?.idle === false;
  }

  /** Memory that what has arrived of a message takes: bytes. */
  get retainedBytes(): number {
    return (this.#streams?.bytes ?? 0) + (this.#stages?.bytes ?? 0);
  }

  /** Whether the peer has ended its side. */
  get ended(): boolean {
    return this.#end === 'told' || this.#end === 'delivered';
  }

  /** Whether nothing more will come, while some of what did is not delivered. */
  get draining(): boolean {
    return (this.#end === 'told' || this.#end === 'lost') && !this.#stopped;
  }

  get paused(): boolean {
    return this.#pauses !== undefined && this.#pauses.size > 0;
  }

  isPausedBy(reason: PauseReason): boolean {
    return this.#pauses?.has(reason) === true;
  }

  /** Takes a chunk from the duplex; it belongs to us from here on. */
  read(chunk: Buffer): void {
    // What comes behind the end is dropped a chunk per turn: a peer that had much to send must not keep others waiting.
    if (this.#stopped) return pauseForTurn(this.#duplex);
    const stages = (this.#stages ??= this.#takeStages());
    this.#since = Math.floor(this.#settings.clock.now());
    this.#reading = true;
    stages.decoder.write(chunk);
    this.#reading = false;
    if (this.#stopped) this.#giveStages();
    else this.goOn();
  }

  /** The peer has ended its side. */
  end(): void {
    this.#end = 'told';
    if (this.#stopped || this.#stages === undefined) return this.onDecoderEnd();
    this.#stages.decoder.end();
  }

  /** The duplex is gone without an end: what came whole is delivered still, and what did not is no fault of the peer. */
  lose(): void {
    const isLeft = this.#stages?.full === true || this.isPausedBy('message is taken');
    if (isLeft && this.#end === 'open') this.#end = 'lost';
  }

  /**
   * Ignores everything from here on, and lets go of what was gathered.
   * @param why what a message that is arriving as a stream ends with
   */
  stop(why: () => Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#pauses = undefined;
    if (!this.#reading) this.#giveStages();
    this.#streams?.abort(why);
    this.#duplex.resume();
  }

  pause(reason: PauseReason): void {
    // Between messages that came before the end a listener may still pause.
    if (this.#stopped && reason !== 'application') return;
    if (reason !== 'budget') this.stops++;
    (this.#pauses ??= new Set()).add(reason);
    if (this.#stopped) return;
    this.#stages?.decoder.pause();
    pause(this.#duplex);
  }

  resume(reason: PauseReason): void {
    if (this.#pauses?.delete(reason) !== true || this.#pauses.size > 0) return;
    this.#sink.onResume();
    if (this.#stages === undefined) return void this.#duplex.resume();
    this.#stages.decoder.resume();
    // The decoder goes on in the next tick: by the one after, it has used up its chunk or was paused again.
    process.nextTick(goOn, this);
  }

  /** Asks for the next chunk when the one before is used up, and lets go of stages that stand between messages. */
  goOn(): void {
    const stages = this.#stages;
    if (stages === undefined || this.#stopped || this.#reading) return;
    if (stages.full) return pause(this.#duplex);
    if (this.paused) return;
    if (stages.idle) this.#giveStages();
    if (this.#end === 'lost') return this.onDecoderEnd();
    if (this.#duplex.isPaused()) this.#duplex.resume();
  }

  onDecoderError(error: Error): void {
    this.#fail(error);
  }

  onDecoderEnd(): void {
    this.#end = 'delivered';
    this.#sink.onEnd();
  }

  onSlice(slice: FrameSlice): void {
    if (this.#stopped) return;
    this.#spend();
    try {
      if (isControl(slice.opcode)) this.#sink.onControl(slice);
      else if (slice.rsv !== 0 || this.#coded?.open === true) this.#await(this.#decode(slice));
      else this.#await(this.#receive(slice));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Hands on a slice of a message as it was sent; a promise where whoever takes it is behind. */
  #receive(slice: FrameSlice): Promise<void> | undefined {
    // Decoding may go on in a later turn, after the end.
    if (this.#stopped) return undefined;
    if (this.#settings.receive === 'stream') {
      this.#streams ??= new StreamReceiver((message) => this.#sink.onReceived(message));
      return this.#streams.push(slice);
    }
    const message = this.#stages?.assembler.push(slice);
    if (message !== undefined) this.#sink.onReceived(message);
    else if (this.#sink.holding && (this.#stages?.assembler.bytes ?? 0) >= HELD_BYTES) this.pause('nobody listens');
    return undefined;
  }

  #await(pending: Promise<void> | undefined): void {
    if (pending === undefined) return;
    this.pause('message is taken');
    pending.then(
      () => {
        this.resume('message is taken');
        if (!this.#stopped) this.#sink.onDecodedLater();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #takeStages(): Stages {
    const stages = this.#settings.stages.take(this, this.#coder?.rsv ?? 0);
    if (this.paused) stages.decoder.pause();
    return stages;
  }

  #giveStages(): void {
    if (this.#stages !== undefined) this.#settings.stages.give(this.#stages);
    this.#stages = undefined;
  }

  #decode(slice: FrameSlice): Promise<void> | undefined {
    const coder = this.#coder;
    if (coder === undefined) return undefined;
    this.#coded ??= new CodedMessages(coder, this.#settings.clock, (piece) => this.#receive(piece));
    return this.#coded.push(slice);
  }

  #fail(error: unknown): void {
    if (!this.#stopped) this.#sink.fail(errorOf(error));
  }

  /** Yields when the budget of this peer is used up; its next slices wait until the others had their turn. */
  #spend(): void {
    this.#slices++;
    // A turn is known to be over when an immediate runs. One for each turn would cost more than the slices of most.
    if (this.#slices === BUDGET_SLICES / 2) this.#renew();
    if (this.#slices < BUDGET_SLICES) {
      if (this.#slices % CLOCK_EVERY !== 0 || this.#settings.clock.now() - this.#since < TURN_MS) return;
    }
    this.pause('budget');
    this.#renew();
  }

  /** Grants the budget anew in the next turn. */
  #renew(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    setImmediate(() => {
      this.#renewing = false;
      this.#slices = 0;
      this.#since = Math.floor(this.#settings.clock.now());
      this.resume('budget');
    });
  }
}

function goOn(incoming: Incoming): void {
  incoming.goOn();
}
