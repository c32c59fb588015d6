// Hot path: everything sent during one turn leaves in one write; that is most of the speed of a busy connection
// (packages/bench, row "125 B echo, 32 in flight").
//
//   send ─▶ 1 queue, while a message before it is still being made ─▶ 2 EncoderCore, gathers ─▶ 3 duplex
//
// At most one write is in the duplex's hands while it is behind. What waits, waits here, where it can still be counted.
import { EncoderCore, firstByte, type MessageCoder, Opcode } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import type { ConnectionSettings } from './options.js';
import type { Prepared } from './prepared.js';
import { flushThisTurn } from './turn.js';

/** A message that waits for its place: bytes it holds, and how it is put on the wire. */
interface Job {
  readonly bytes: number;
  /** A promise when the work goes on elsewhere; the next job waits for it. */
  run(): Promise<void> | undefined;
}

export interface OutgoingSink {
  /** Little enough waits again, after `send` had answered false. */
  onDrain(): void;
  /** A message could not be made ready to send. */
  onFailure(error: Error): void;
}

/** The sending half of a connection: orders, codes, gathers and writes. */
export class Outgoing {
  readonly #duplex: Duplex;
  readonly #settings: ConnectionSettings;
  readonly #coder: MessageCoder | undefined;
  readonly #sink: OutgoingSink;
  readonly #encoder: EncoderCore;
  #jobs: Job[] = [];
  #jobBytes = 0;
  /** A job is under way elsewhere; those behind it wait. */
  #busy = false;
  /** The duplex has not finished the last write. */
  #writing = false;
  #scheduled = false;
  /** Output is kept back for the end of the chunk that is being read. */
  #held = false;
  #full = false;
  /** The newest Ping that came while the peer did not read: older ones need no answer (RFC 6455 §5.5.3). */
  #pong: Buffer | undefined;
  #ended = false;

  constructor(duplex: Duplex, settings: ConnectionSettings, coder: MessageCoder | undefined, sink: OutgoingSink) {
    this.#duplex = duplex;
    this.#settings = settings;
    this.#coder = coder;
    this.#sink = sink;
    this.#encoder = new EncoderCore({ role: settings.role });
  }

  /** Bytes that were accepted and that the operating system has not taken yet. */
  get bufferedBytes(): number {
    return this.#encoder.bytes + this.#jobBytes + this.#duplex.writableLength;
  }

  /** Whether little enough waits; once false, `onDrain` follows. */
  get writable(): boolean {
    if (this.bufferedBytes >= this.#settings.highWaterMarkBytes) this.#full = true;
    return !this.#full;
  }

  /** Sends a whole message: bytes, or a string as text. */
  message(opcode: Opcode, payload: Uint8Array | string, bytes: number, compress: boolean): void {
    const coder = compress && this.#coder?.wants(bytes) === true ? this.#coder : undefined;
    if (coder !== undefined) {
      const data = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : (payload as Buffer);
      this.#enqueue({ bytes, run: () => this.#runCoded(coder, opcode, data) });
    } else if (this.#busy) {
      this.#enqueue({ bytes, run: () => this.#frame(firstByte(true, 0, opcode), payload, bytes) });
    } else {
      this.#frame(firstByte(true, 0, opcode), payload, bytes);
    }
  }

  /** Sends a message that was prepared for many. */
  prepared(message: Prepared, compress: boolean): void {
    if (!this.#busy) return this.#runPrepared(message, compress);
    this.#enqueue({ bytes: message.data.length, run: () => this.#runPrepared(message, compress) });
  }

  /** Sends a Ping at once: control frames go between the messages that wait. */
  ping(payload: Buffer): void {
    this.#frame(firstByte(true, 0, Opcode.ping), payload, payload.length);
  }

  /** Answers a Ping; to a peer that does not read, only the newest one. */
  pong(payload: Buffer): void {
    if (this.#writing) this.#pong = payload;
    else this.#frame(firstByte(true, 0, Opcode.pong), payload, payload.length);
  }

  /** Sends a Close behind all messages; nothing may follow it (RFC 6455 §5.5.1). */
  close(payload: Buffer): void {
    this.#pong = undefined;
    const run = (): undefined => this.#frame(firstByte(true, 0, Opcode.close), payload, payload.length);
    if (this.#busy) this.#enqueue({ bytes: payload.length, run });
    else run();
  }

  /** Gives up the messages that wait; what the duplex was handed goes on. */
  abandon(): void {
    this.#jobs = [];
    this.#jobBytes = 0;
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
    const pong = this.#pong;
    this.#pong = undefined;
    if (pong !== undefined) this.pong(pong);
    this.flush();
  };

  #relieve(): void {
    if (this.bufferedBytes > this.#settings.lowWaterMarkBytes) return;
    this.#full = false;
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

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    this.#jobBytes += job.bytes;
    if (!this.#busy) this.#work();
  }

  /** Runs the jobs in order until one has to be waited for. */
  #work(): void {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      this.#jobBytes -= job.bytes;
      const pending = job.run();
      if (pending === undefined) continue;
      this.#busy = true;
      this.#jobBytes += job.bytes;
      this.#wait(pending, job.bytes);
      return;
    }
    if (this.#ended) this.flush();
  }

  #wait(pending: Promise<void>, bytes: number): void {
    const settle = (): void => {
      this.#busy = false;
      this.#jobBytes = Math.max(0, this.#jobBytes - bytes);
      this.#work();
    };
    pending.then(settle, (error: unknown) => {
      this.#sink.onFailure(error instanceof Error ? error : new Error(String(error)));
      settle();
    });
  }

  #runCoded(coder: MessageCoder, opcode: Opcode, payload: Buffer): Promise<void> | undefined {
    coder.encode.write(payload, true);
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = coder.encode.read();
      if (piece instanceof Promise) return this.#finishCoded(coder, opcode, pieces, piece);
      if (piece === undefined) return this.#coded(coder, opcode, pieces);
      pieces.push(piece);
    }
  }

  async #finishCoded(
    coder: MessageCoder,
    opcode: Opcode,
    pieces: Buffer[],
    pending: Promise<Buffer | undefined>,
  ): Promise<void> {
    for (let piece = await pending; piece !== undefined; piece = await coder.encode.read()) pieces.push(piece);
    this.#coded(coder, opcode, pieces);
  }

  #coded(coder: MessageCoder, opcode: Opcode, pieces: readonly Buffer[]): undefined {
    const [only] = pieces;
    const payload = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    this.#frame(firstByte(true, coder.rsv, opcode), payload, payload.length);
  }

  #runPrepared(message: Prepared, compress: boolean): undefined {
    const coder = this.#coder;
    if (coder !== undefined && compress && coder.wants(message.data.length)) {
      const shared = message.payloadFor(coder);
      if (shared !== undefined) {
        this.#frame(firstByte(true, coder.rsv, message.opcode), shared, shared.length);
        coder.sharedSent();
        return;
      }
    }
    if (this.#settings.role === 'client')
      return this.#frame(firstByte(true, 0, message.opcode), message.data, message.data.length);
    this.#encoder.addEncoded(message.frame());
    this.#schedule();
  }
}
