// Hot path: everything sent during one turn leaves in one write; that is most of the speed of a busy connection
// (packages/bench, row "125 B echo, 32 in flight").
//
//   send ─▶ 1 JobQueue, while a message before it is still being made ─▶ 2 EncoderCore, gathers ─▶ 3 duplex
//
// At most one write is in the duplex's hands while it is behind. What waits, waits here, where it can still be counted.
import { EncoderCore, firstByte, Opcode, type FrameSlice, type MessageCoder } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { codeWhole } from './coded-output.js';
import { JobQueue, type Job } from './job-queue.js';
import type { ConnectionSettings } from './options.js';
import type { Prepared } from './prepared.js';
import { flushThisTurn } from './turn.js';

export interface OutgoingSink {
  /** Little enough waits again, after it had been too much. */
  onDrain(): void;
  /** A message could not be made ready to send. */
  onFailure(error: Error): void;
}

interface RoomWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/** The sending half of a connection: orders, codes, gathers and writes. */
export class Outgoing {
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #sink: OutgoingSink;
  readonly #encoder: EncoderCore;
  /** Made when the first message has to wait. */
  #jobs: JobQueue | undefined;
  #waiters: RoomWaiter[] | undefined;
  /** The newest Ping that came while no Pong could be sent: older ones need no answer (RFC 6455 §5.5.3). */
  #pong: Buffer | undefined;
  /** The duplex has not finished the last write. */
  #writing = false;
  #scheduled = false;
  /** Output is kept back for the end of the chunk that is being read. */
  #held = false;
  #full = false;
  #ended = false;
  /** A frame is passing in slices: nothing may come between them. */
  #midFrame = false;

  constructor(duplex: Duplex, settings: ConnectionSettings, coder: MessageCoder | undefined, sink: OutgoingSink) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = coder;
    this.#sink = sink;
    this.#encoder = new EncoderCore({ role: settings.role });
  }

  /** Bytes that were accepted and that the operating system has not taken yet. */
  get bufferedBytes(): number {
    return this.#encoder.bytes + (this.#jobs?.bytes ?? 0) + this.#duplex.writableLength;
  }

  /** Whether little enough waits; once false, `onDrain` follows. */
  get writable(): boolean {
    if (this.bufferedBytes >= this.#settings.highWaterMarkBytes) this.#full = true;
    return !this.#full;
  }

  /** Whether a frame was begun and not ended: then a Close cannot be sent. */
  get midFrame(): boolean {
    return this.#midFrame;
  }

  /** What extension, if any, would code a message of this size. */
  coderFor(bytes: number, compress: boolean): MessageCoder | undefined {
    return compress && this.#coder?.wants(bytes) === true ? this.#coder : undefined;
  }

  /** Resolves when little enough waits; rejects when what waits is abandoned. */
  room(): Promise<void> {
    if (this.writable) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters ??= [];
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Sends a whole message: bytes, or a string as text. */
  message(opcode: Opcode, payload: Uint8Array | string, bytes: number, compress: boolean): void {
    const coder = this.coderFor(bytes, compress);
    if (coder !== undefined) {
      const data = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : (payload as Buffer);
      this.#inOrder(bytes, () => this.#runCoded(coder, opcode, data));
    } else if (this.#busy) {
      this.#inOrder(bytes, () => this.#frame(firstByte(true, 0, opcode), payload, bytes));
    } else {
      this.#frame(firstByte(true, 0, opcode), payload, bytes);
    }
  }

  /** Sends a message that was prepared for many. */
  prepared(message: Prepared, compress: boolean): void {
    if (!this.#busy) return this.#runPrepared(message, compress);
    this.#inOrder(message.data.length, () => this.#runPrepared(message, compress));
  }

  /** Sends a message that is still being made, in its turn. */
  later(job: Job): void {
    this.#queue().add(job);
  }

  /** Adds a slice of a frame; between its first and its last nothing else is sent. */
  slice(slice: FrameSlice): void {
    this.#encoder.add(slice);
    this.#midFrame = !slice.last;
    if (slice.last) this.#answerPing();
    this.#schedule();
  }

  /** Sends a Ping at once: control frames go between the messages that wait, and between the fragments of one. */
  ping(payload: Buffer): void {
    const run = (): undefined => this.#frame(firstByte(true, 0, Opcode.ping), payload, payload.length);
    if (this.#midFrame) this.#inOrder(payload.length, run);
    else run();
  }

  /** Answers a Ping; to a peer that does not read, only the newest one. */
  pong(payload: Buffer): void {
    if (this.#writing || this.#midFrame) this.#pong = payload;
    else this.#frame(firstByte(true, 0, Opcode.pong), payload, payload.length);
  }

  /** Sends a Close behind all messages; nothing may follow it (RFC 6455 §5.5.1). */
  close(payload: Buffer): void {
    const run = (): undefined => {
      this.#pong = undefined;
      return this.#frame(firstByte(true, 0, Opcode.close), payload, payload.length);
    };
    if (this.#busy) this.#inOrder(payload.length, run);
    else run();
  }

  /** Gives up the messages that are sent as streams: what is whole still goes. */
  interrupt(error: Error): void {
    this.#jobs?.interrupt(error);
    for (const waiter of this.#waiters?.splice(0) ?? []) waiter.reject(error);
  }

  /** Gives up the messages that wait; what the duplex was handed goes on. */
  abandon(error: Error): void {
    this.interrupt(error);
    this.#jobs?.abandon();
    this.#pong = undefined;
  }

  /** Ends our side of the duplex once everything is written. */
  end(): void {
    this.#ended = true;
    this.flush();
  }

  /** Keeps output back until `release`, so that answers to one chunk leave together. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.flush();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#writing || this.#held) return;
    this.#write();
    if (this.#ended && !this.#writing && !this.#busy) this.#duplex.end();
    else if (this.#full) this.#relieve();
  }

  get #busy(): boolean {
    return this.#jobs?.busy === true;
  }

  #write(): void {
    if (this.#encoder.bytes === 0 || !this.#duplex.writable) return;
    const pieces = this.#encoder.take();
    const many = pieces.length > 1;
    if (many) this.#duplex.cork();
    const last = pieces.pop();
    for (const piece of pieces) this.#duplex.write(piece);
    // Marked before the write: a duplex may call back before it returns.
    this.#writing = true;
    if (last !== undefined) this.#duplex.write(last, this.#onWritten);
    if (many) this.#duplex.uncork();
    if (this.#duplex.writableLength === 0) this.#writing = false;
  }

  readonly #onWritten = (): void => {
    if ((!this.#writing && !this.#full) || this.#duplex.writableLength > 0) return;
    this.#writing = false;
    this.#answerPing();
    this.flush();
  };

  #answerPing(): void {
    const pong = this.#pong;
    if (pong === undefined || this.#writing || this.#midFrame) return;
    this.#pong = undefined;
    this.pong(pong);
  }

  #relieve(): void {
    if (this.bufferedBytes > this.#settings.lowWaterMarkBytes) return;
    this.#full = false;
    for (const waiter of this.#waiters?.splice(0) ?? []) waiter.resolve();
    this.#sink.onDrain();
  }

  #frame(byte0: number, payload: Uint8Array | string, bytes: number): undefined {
    this.#encoder.addFrame(byte0, payload, bytes);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#held || this.#writing) return;
    this.#scheduled = true;
    flushThisTurn(this);
  }

  #queue(): JobQueue {
    const onIdle = (): void => {
      if (this.#ended) this.flush();
    };
    return (this.#jobs ??= new JobQueue(onIdle, (error) => this.#sink.onFailure(error)));
  }

  #inOrder(bytes: number, run: () => Promise<void> | undefined): void {
    this.#queue().add({ bytes, run });
  }

  #runCoded(coder: MessageCoder, opcode: Opcode, payload: Buffer): Promise<void> | undefined {
    const send = (coded: Buffer): undefined => this.#frame(firstByte(true, coder.rsv, opcode), coded, coded.length);
    const coded = codeWhole(coder, payload);
    return coded instanceof Promise ? coded.then(send) : send(coded);
  }

  #runPrepared(message: Prepared, compress: boolean): undefined {
    const coder = this.coderFor(message.data.length, compress);
    const shared = coder && message.payloadFor(coder);
    if (coder !== undefined && shared !== undefined) {
      this.#frame(firstByte(true, coder.rsv, message.opcode), shared, shared.length);
      coder.sharedSent();
    } else if (this.#settings.role === 'client') {
      this.#frame(firstByte(true, 0, message.opcode), message.data, message.data.length);
    } else {
      this.#encoder.addEncoded(message.frame());
      this.#schedule();
    }
  }
}
