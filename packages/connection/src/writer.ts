// Hot path: what is sent during one turn leaves in one write, most of the speed of the row "32 in flight" of packages/bench.
import type { EncoderCore } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { errorOf } from './failure.js';
import { handOver } from './hand-over.js';
import type { ConnectionSettings } from './options.js';
import { keepsNothing } from './plain-socket.js';
import { PORTION_BYTES, Portions } from './portions.js';
import { RoomWaiters } from './room.js';
import type { Tally } from './tally.js';
import { turn } from './turn.js';
import type { WriterSink } from './writer-sink.js';

/** Every so many times room is given in a later turn: who always has more to send never owns the event loop. */
const RELIEFS_PER_TURN = 16;

/** Gathers frames, and writes them to the duplex one write at a time once that is behind: here they can be given up. */
export class Writer {
  /** Ours while frames wait in it, or one was begun. */
  #encoder: EncoderCore | undefined;
  readonly duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #sink: WriterSink;
  /** What was taken from the encoder and not handed on yet. */
  #rest: Portions | undefined;
  /** Made when the first has to wait. */
  #waiters: RoomWaiters | undefined;
  /** Made when someone first asks for it. */
  tally: Tally | undefined = undefined;
  /** The duplex will tell when it has finished the last write: until then nothing more is written. */
  busy = false;
  /** It did not finish the last write at once. */
  #behind = false;
  /** The duplex is being written to: one that answers meanwhile must not get between the pieces of a write. */
  #writing = false;
  /** Handed to the duplex so far. */
  bytesWritten = 0;
  #scheduled = false;
  /** Output is kept back for the end of the chunk that is being read. */
  #held = false;
  #full = false;
  #reliefs = 0;
  #phase: 'open' | 'ending' | 'dropped' = 'open';

  constructor(duplex: Duplex, settings: ConnectionSettings, sink: WriterSink) {
    this.duplex = duplex;
    this.#settings = settings;
    this.#sink = sink;
  }

  /** Frames go in here; call `schedule` afterwards. */
  get encoder(): EncoderCore {
    return (this.#encoder ??= this.#settings.encoders.take());
  }

  /** Whether the duplex has not taken what it was given. */
  get stalled(): boolean {
    return this.busy || (this.#behind && this.duplex.writableLength > 0);
  }

  /** Bytes that were accepted and that the operating system has not taken yet. */
  get bufferedBytes(): number {
    return this.#phase === 'dropped' ? 0 : this.#framedBytes() + this.#sink.waitingBytes;
  }

  /** Those of them that are frames already, and wait for nothing but the duplex. */
  #framedBytes(): number {
    // The duplex is asked only while it may have something: this is read for every message.
    const framed = (this.#encoder?.bytes ?? 0) + (this.#behind ? this.duplex.writableLength : 0);
    return framed + (this.#rest?.bytes ?? 0) + (this.tally?.saved ?? 0);
  }

  /** What of the frames the duplex does not have yet: some are gathered, or only what was taken is leaving in portions. */
  get unhanded(): 'gathered' | 'leaving' | undefined {
    if (this.#encoder !== undefined && this.#encoder.bytes > 0) return 'gathered';
    return this.#rest && 'leaving';
  }

  /** Whether little enough waits, with what is kept offered first; once false, `onRoom` follows. */
  get writable(): boolean {
    const { highWaterMarkBytes } = this.#settings;
    if (turn.isKeeping && this.bufferedBytes >= highWaterMarkBytes) this.offer();
    if (this.bufferedBytes >= highWaterMarkBytes) this.#full = true;
    return !this.#full;
  }

  /**
   * Resolves when little enough waits; rejects when `interrupt` is called first, or the signal aborts.
   * @param own for the message that is being made: what waits for its end does not count
   */
  room(own = false, signal?: AbortSignal): Promise<void> {
    if (own ? this.#framedBytes() < this.#settings.highWaterMarkBytes : this.writable) return Promise.resolve();
    return (this.#waiters ??= new RoomWaiters()).wait(own, signal);
  }

  interrupt(why: () => Error): void {
    this.#waiters?.refuse(why);
  }

  /** Keeps output back until `release`, so that answers to one chunk leave together. */
  hold(): void {
    this.#held = true;
    turn.reads(this.duplex);
  }

  release(): void {
    this.#held = false;
    if (!turn.keeps(this, this.#encoder?.bytes ?? 0)) this.flush();
  }

  /** Has what is gathered written at the end of this turn. */
  schedule(): void {
    if (this.#scheduled || this.#held || this.busy) return;
    this.#scheduled = true;
    turn.schedule(this);
  }

  /** Ends our side of the duplex once everything is written. */
  end(): void {
    if (this.#phase === 'open') this.#phase = 'ending';
    this.flush();
  }

  /** The socket is gone: what waits for it, and what is still to come, goes nowhere. */
  drop(): void {
    this.#phase = 'dropped';
    this.tally?.end();
    this.#encoder = undefined;
    this.#rest = undefined;
  }

  /**
   * Offers the duplex what is gathered, held back or not, before the turn is over: nobody is judged by what it was not offered.
   * Where the duplex is behind it does nothing, at no cost; who waits for room learns of it in `flush`.
   */
  offer(): void {
    if (this.#phase === 'open' && !this.#writing && !this.busy) this.#pass();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#phase === 'dropped') return this.drop();
    if (this.#writing) return this.schedule();
    if (this.busy || this.#held || this.#pass()) return;
    if (this.#full || this.#waiters?.any === true) this.#relieve();
  }

  /** Writes what is gathered; answers whether it ended the duplex, too. */
  #pass(): boolean {
    this.#sink.onWrite();
    try {
      this.#write();
      // Where a duplex answered meanwhile, and more was added, that leaves first, with the flush that is scheduled for it.
      if (this.#phase !== 'ending' || this.busy || this.#scheduled) return false;
      this.duplex.end();
      return true;
    } catch (error) {
      // A duplex that throws must not take the turn of the other connections with it.
      this.duplex.destroy(errorOf(error));
      return false;
    }
  }

  #write(): void {
    this.#writeRest();
    const encoder = this.#encoder;
    if (this.#rest !== undefined || this.busy) return;
    if (encoder === undefined || encoder.bytes === 0 || !this.duplex.writable) return;
    const { bytes } = encoder;
    const givesBack = keepsNothing(this.duplex);
    const pieces = encoder.take(givesBack);
    this.tally?.taken();
    if (!this.#sink.midFrame) {
      this.#encoder = undefined;
      this.#settings.encoders.give(encoder);
    }
    if (bytes <= PORTION_BYTES) return this.#hand(pieces, bytes, this.#minds(bytes, givesBack), givesBack);
    this.#rest = new Portions(pieces, bytes, this.duplex);
    this.#writeRest();
  }

  #writeRest(): void {
    for (let rest = this.#rest; rest !== undefined && !this.busy && this.duplex.writable; rest = this.#rest) {
      const { bytes } = rest;
      const pieces = rest.next();
      if (rest.bytes === 0) this.#rest = undefined;
      this.#hand(pieces, bytes - rest.bytes, true);
    }
  }

  /** Where `minded`, is called back if the duplex does not take all at once; `givesBack` as for `handOver`. */
  #hand(pieces: Buffer[], bytes: number, minded: boolean, givesBack = false): void {
    this.bytesWritten += bytes;
    if (this.#rest === undefined) this.tally?.handed();
    this.#writing = true;
    try {
      handOver(this.duplex, pieces, givesBack, minded ? () => this.#written() : undefined);
    } finally {
      this.#writing = false;
    }
    this.#sink.onMoved(bytes);
    this.#behind = this.duplex.writableLength > 0;
    this.busy = minded && this.#behind;
    if (!this.#behind) this.#settle();
  }

  /**
   * Whether to be called back when the duplex has taken so much more: where it is behind, where more would wait than
   * `#relieve` lets pass, and before the end: a stream of HTTP/2 may close before it tells of its last write. One that took
   * the last at once most likely does so again, and a callback is a turn of Node's queue: 4 % of an echo of 125 bytes.
   */
  #minds(bytes: number, isPlain: boolean): boolean {
    if (this.tally !== undefined || bytes > this.#settings.lowWaterMarkBytes) return true;
    if (this.#sink.closeFramed && !isPlain && this.duplex.writableCorked === 0) return true;
    return (this.#behind || this.bytesWritten === 0) && this.duplex.writableLength > 0;
  }

  #written(): void {
    if ((!this.busy && !this.#full) || this.duplex.writableLength > 0) return;
    this.busy = false;
    this.#behind = false;
    this.#sink.onMoved(0);
    this.#settle();
    this.flush();
  }

  /** A socket that was destroyed calls back without an error for what it never wrote. */
  #settle(): void {
    if (this.tally !== undefined && this.duplex.errored === null && !this.duplex.destroyed) this.tally.settled();
  }

  #relieve(): void {
    const { lowWaterMarkBytes } = this.#settings;
    // A duplex calls back, too, for a write that it will not do any more.
    if (!this.duplex.writable || this.#framedBytes() > lowWaterMarkBytes || this.#reliefs === RELIEFS_PER_TURN) return;
    if (++this.#reliefs === RELIEFS_PER_TURN) return void setImmediate(() => this.#relieveAnew());
    const free = this.bufferedBytes <= lowWaterMarkBytes;
    this.#waiters?.give(free);
    if (!free || !this.#full) return;
    this.#full = false;
    this.#sink.onRoom();
  }

  #relieveAnew(): void {
    this.#reliefs = 0;
    if (this.#phase === 'open') this.#relieve();
  }
}
