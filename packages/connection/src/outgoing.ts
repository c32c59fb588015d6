//   send ─▶ 1 JobQueue, while a message before it is still being made ─▶ 2 Writer: encodes, gathers ─▶ 3 duplex
//                                              control frames ─▶ 2, but never inside a frame that was begun
import { firstByte, Opcode, type FrameSlice, type MessageCoder } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { bytesOf, compact, ITEM_BYTES } from './bytes.js';
import { codeWhole } from './coded-output.js';
import { JobQueue, type Job } from './job-queue.js';
import type { ConnectionSettings } from './options.js';
import type { OutgoingSink } from './outgoing-sink.js';
import type { Prepared } from './prepared.js';
import { WaitingControl } from './waiting-control.js';
import type { WriterSink } from './writer-sink.js';
import { Writer } from './writer.js';

/** The bit that sets the opcodes of control frames apart (RFC 6455 §5.2). */
const CONTROL = 0x08;

/** The sending half of a connection: puts messages and control frames in order, and codes what is to be coded. */
export class Outgoing implements WriterSink {
  readonly writer: Writer;
  /** Messages that were taken, streams as they are given. */
  messagesSent = 0;
  readonly #role: ConnectionSettings['role'];
  readonly #coder: MessageCoder | undefined;
  readonly #sink: OutgoingSink;
  /** Made when the first message has to wait. */
  #jobs: JobQueue | undefined;
  /** Made when the first control frame has to wait. */
  #control: WaitingControl | undefined;
  /** A frame is passing in slices: nothing may come between them, and a Close cannot be sent. */
  midFrame = false;
  /** A message is passing in fragments: no other may come between them. */
  #midMessage = false;
  /** The Close that waits for the end of the messages before it. */
  #close: Buffer | undefined;
  /** The Close is on its way: nothing may follow it (RFC 6455 §5.5.1). */
  closeFramed = false;
  #ended = false;

  constructor(duplex: Duplex, settings: ConnectionSettings, coder: MessageCoder | undefined, sink: OutgoingSink) {
    this.#role = settings.role;
    this.#coder = coder;
    this.#sink = sink;
    this.writer = new Writer(duplex, settings, this);
  }

  /** Bytes of messages that wait for one before them. */
  get waitingBytes(): number {
    return this.#jobs?.bytes ?? 0;
  }

  /** What extension, if any, would code a message of this size. */
  coderFor(bytes: number, compress: boolean): MessageCoder | undefined {
    return compress && this.#coder?.wants(bytes) === true ? this.#coder : undefined;
  }

  /** Sends a whole message. @param payload bytes, or a string that is ASCII */
  message(opcode: Opcode, payload: Buffer | string, compress: boolean): void {
    this.messagesSent++;
    const bytes = payload.length;
    const coder = this.coderFor(bytes, compress);
    if (coder !== undefined) {
      // What codes it may do so in another thread: it must not work on memory that others resize.
      const data = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : bytesOf(payload);
      const kept = this.busy ? compact(data) : data;
      this.#wait(bytes, () => this.#runCoded(coder, opcode, kept));
    } else if (this.busy) {
      const kept = typeof payload === 'string' ? payload : compact(bytesOf(payload));
      this.#wait(bytes, () => this.#frame(firstByte(true, 0, opcode), kept, bytes));
    } else {
      this.#frame(firstByte(true, 0, opcode), payload, bytes);
    }
  }

  /** Sends a message that was prepared for many. */
  prepared(message: Prepared, compress: boolean): void {
    this.messagesSent++;
    if (!this.busy && this.#coder === undefined) this.#runPrepared(message, compress);
    else this.#wait(message.data.length, () => this.#runPrepared(message, compress));
  }

  /** Sends a message that is still being made. */
  stream(job: Job): void {
    this.messagesSent++;
    this.later(job);
  }

  /** Takes back a message that waits for its turn. */
  withdraw(job: Job): void {
    this.#jobs?.remove(job);
    // Less waits than before, though nothing may have been written.
    this.writer.schedule();
  }

  /** Does a job in its turn, when the messages before it are made. */
  later(job: Job): void {
    this.#jobs ??= new JobQueue(
      () => this.#onSettled(),
      (error) => this.#sink.fail(error),
    );
    this.#jobs.add(job);
  }

  /** Adds a slice of a frame; between its first and its last nothing else is sent. */
  slice(slice: FrameSlice): void {
    this.writer.encoder.add(slice);
    this.midFrame = !slice.last;
    this.#midMessage = !(slice.last && slice.fin);
    if (slice.last) this.#sendControl();
    this.writer.schedule();
  }

  /** Sends a Ping at once: control frames go between the messages that wait, and between the fragments of one. */
  ping(payload: Buffer, probe = false): void {
    if (this.midFrame) (this.#control ??= new WaitingControl()).ping(payload, probe);
    else this.#frame(firstByte(true, 0, Opcode.ping), payload, payload.length);
  }

  /**
   * Answers a Ping, unless a Close went before; to a peer that is behind, only the newest one.
   * @param answers false for one that answers nothing: that never takes the place of an answer
   */
  pong(payload: Buffer, answers = true): void {
    if (this.closeFramed) return;
    if (!this.writer.stalled && !this.midFrame) {
      this.#frame(firstByte(true, 0, Opcode.pong), payload, payload.length);
    } else {
      const control = (this.#control ??= new WaitingControl());
      if (answers || control.pong === undefined) control.pong = payload;
      this.writer.schedule();
    }
  }

  /** Sends a Close behind all messages; nothing may follow it (RFC 6455 §5.5.1). */
  close(payload: Buffer): void {
    this.#close = payload;
    if (!this.busy) this.#idle();
  }

  /** Gives up the messages that are sent as streams: what is whole still goes. */
  interrupt(why: () => Error): void {
    this.#jobs?.interrupt(why);
    this.writer.interrupt(why);
    // Behind a message that will not be completed, on the wire or in the coder, no other may follow.
    if (this.#midMessage || this.#jobs?.committed === true) this.#jobs?.abandon();
  }

  /** Gives up the messages that wait; what was gathered goes on. */
  abandon(why: () => Error): void {
    this.interrupt(why);
    this.#jobs?.abandon();
    this.#control = undefined;
  }

  /** Ends our side of the duplex once everything is written. */
  end(): void {
    this.#ended = true;
    if (!this.busy) this.writer.end();
  }

  onWrite(): void {
    const control = this.#control;
    const pong = control?.pong;
    if (control === undefined || pong === undefined || this.midFrame) return;
    control.pong = undefined;
    this.#frame(firstByte(true, 0, Opcode.pong), pong, pong.length);
  }

  onRoom(): void {
    this.#sink.onDrain();
  }

  onMoved(bytes: number): void {
    this.#sink.onMoved(bytes);
  }

  /** Whether all that was to be said has been handed on. */
  get empty(): boolean {
    return !this.busy && this.writer.bufferedBytes === 0;
  }

  /** Whether a message is being made, so that others wait for it. */
  get busy(): boolean {
    return this.#jobs?.busy === true;
  }

  /** No message waits: now the Close can go, and the end of the duplex. */
  #idle(): void {
    const close = this.#close;
    this.#close = undefined;
    // Inside a frame that was begun and will not be completed it would be read as payload.
    if (close !== undefined && !this.midFrame) {
      this.closeFramed = true;
      this.#control = undefined;
      this.#frame(firstByte(true, 0, Opcode.close), close, close.length);
    }
    if (this.#ended) this.writer.end();
  }

  #onSettled(): void {
    if (!this.busy) this.#idle();
    // Less waits than before, though nothing may have been written.
    this.writer.schedule();
  }

  #wait(bytes: number, run: Job['run']): void {
    this.later({ bytes: bytes + ITEM_BYTES, run });
  }

  /** Between two frames: control frames that could not be sent inside the one before. */
  #sendControl(): void {
    for (const ping of this.#control?.takePings() ?? []) this.ping(ping);
    this.onWrite();
  }

  /** @param given how many bytes it had before it was coded */
  #frame(byte0: number, payload: Buffer | string, bytes: number, given = bytes): undefined {
    // It waits until the duplex takes what it has: a turn's frames do not, and are copied at its end.
    const kept = typeof payload === 'string' || !this.writer.busy ? payload : compact(bytesOf(payload));
    this.writer.encoder.addFrame(byte0, kept, bytes);
    if ((byte0 & CONTROL) === 0) this.writer.tally?.framed(Math.max(0, given - bytes));
    this.writer.schedule();
  }

  #runCoded(coder: MessageCoder, opcode: Opcode, payload: Buffer): Promise<void> | undefined {
    const send = (coded: Buffer): undefined =>
      this.#frame(firstByte(true, coder.rsv, opcode), coded, coded.length, payload.length);
    const coded = codeWhole(coder, payload);
    return coded instanceof Promise ? coded.then(send) : send(coded);
  }

  #runPrepared(message: Prepared, compress: boolean): undefined {
    const coder = this.coderFor(message.data.length, compress);
    const shared = coder && message.sharedFor(coder);
    const form = shared ?? message.plain;
    if (this.#role === 'client') {
      this.#frame(form.byte0, form.payload, form.payload.length, message.data.length);
    } else {
      this.writer.encoder.addEncoded(form.frame());
      this.writer.tally?.framed(Math.max(0, message.data.length - form.payload.length));
      this.writer.schedule();
    }
    if (shared !== undefined) coder?.sharedSent();
  }
}
