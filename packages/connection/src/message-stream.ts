import { ByteGatherer, Opcode, type FrameSlice, type MessageType } from '@sokker/frame';
import { Readable } from 'node:stream';
import { unpinned } from './bytes.js';

/** A body holds this many bytes for its reader before reading stops, all the way back to the peer. */
const BODY_BYTES = 64 * 1024;
/** Slices below this are gathered, so that a flood of tiny ones never becomes a pile of objects. */
const SMALL_BYTES = 1024;

/**
 * The payload of a message as it arrives: a Readable whose loop gives bytes. Its `read` stays as Readable declares it:
 * where that promised null, no `pipeline` would take it.
 */
export interface MessageBody extends Readable {
  [Symbol.asyncIterator](): NodeJS.AsyncIterator<Buffer>;
}

/**
 * A message that arrives as a stream, of any size, however many frames it comes in. The next one begins when this one
 * has been read to its end or let go; until then the peer is slowed to the pace of the reader.
 */
export class MessageStream {
  readonly type: MessageType;
  /**
   * The payload. Destroying it, or leaving a loop over it, lets the rest of the message pass unread and leaves the
   * connection usable. It fails with the connection's error when the message does not arrive whole.
   */
  readonly body: MessageBody;

  constructor(type: MessageType, body: MessageBody) {
    this.type = type;
    this.body = body;
  }

  /** The payload as a Web stream; cancelling it lets the rest of the message pass unread. */
  web(): ReadableStream<Uint8Array> {
    return Readable.toWeb(this.body, { strategy: { highWaterMark: 0 } }) as ReadableStream<Uint8Array>;
  }

  /** The payload as strings that never split a character. Valid UTF-8 is the rule for text; in binary, what is not becomes U+FFFD. */
  async *strings(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for await (const piece of this.body) {
      const text = decoder.decode(piece, { stream: true });
      if (text !== '') yield text;
    }
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  }
}

/** Turns slices of data frames into message streams, one at a time. */
export class StreamReceiver {
  readonly #onMessage: (message: MessageStream) => void;
  #body: Body | undefined;
  /** The body that waits for its reader, also when it is whole. */
  #unread: Body | undefined;

  constructor(onMessage: (message: MessageStream) => void) {
    this.#onMessage = onMessage;
  }

  /** Bytes of the message at hand that wait for their reader. */
  get bytes(): number {
    return this.#unread?.bytes ?? 0;
  }

  /** Takes the next slice; a promise when nothing may follow before it settles. It never rejects. */
  push(slice: FrameSlice): Promise<void> | undefined {
    if (slice.first && slice.opcode !== Opcode.continuation) {
      this.#body = new Body();
      this.#unread = this.#body;
      this.#onMessage(new MessageStream(slice.opcode === Opcode.text ? 'text' : 'binary', this.#body));
    }
    const body = this.#body;
    if (body === undefined || body.destroyed) {
      // Let go: the rest passes unread.
      this.#body = this.#unread = undefined;
      return undefined;
    }
    const room = body.accept(slice.payload);
    if (!slice.fin || !slice.last) return room;
    this.#body = undefined;
    const read = body.finish();
    if (read === undefined) this.#unread = undefined;
    return read?.then(() => void (this.#unread = undefined));
  }

  /** The rest of the message will not arrive. */
  abort(why: () => Error): void {
    this.#body?.destroy(why());
    this.#body = undefined;
    this.#unread = undefined;
  }
}

/** The payload of one message on its way to its reader. */
class Body extends Readable implements MessageBody {
  /** Small slices that wait to be handed on together. */
  #small: ByteGatherer | undefined;
  #onRoom: (() => void) | undefined;
  #onEnd: (() => void) | undefined;
  /** The reader asked for more than there was. */
  #hungry = false;

  constructor() {
    super({ highWaterMark: BODY_BYTES });
    // A reader that is not there must not turn a lost connection into an uncaught exception.
    this.on('error', () => undefined);
    this.once('end', () => this.#onEnd?.());
  }

  get bytes(): number {
    return this.destroyed ? 0 : this.readableLength + (this.#small?.bytes ?? 0);
  }

  accept(payload: Buffer): Promise<void> | undefined {
    if (payload.length === 0 || this.destroyed) return undefined;
    if (payload.length < SMALL_BYTES) {
      this.#gather(payload);
    } else {
      this.#handOn();
      this.push(unpinned(payload));
    }
    if (this.bytes < BODY_BYTES) return undefined;
    this.#handOn();
    return new Promise((resolve) => (this.#onRoom = resolve));
  }

  /** The message is complete; settles when it was read, or let go. */
  finish(): Promise<void> | undefined {
    if (this.destroyed) return undefined;
    this.#handOn();
    this.push(null);
    return new Promise((resolve) => (this.#onEnd = resolve));
  }

  override read(size?: number): Buffer | null {
    const piece = super.read(size) as Buffer | null;
    // Node itself reads nothing, to have `_read` called.
    if (size !== 0) this.#hungry = piece === null;
    if (this.#small !== undefined) process.nextTick(() => this.#handOnNext());
    return piece;
  }

  override [Symbol.asyncIterator](): NodeJS.AsyncIterator<Buffer> {
    return super[Symbol.asyncIterator]() as NodeJS.AsyncIterator<Buffer>;
  }

  override _read(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#small = undefined;
    this._read();
    this.#onEnd?.();
    callback(error);
  }

  #gather(payload: Buffer): void {
    if (this.#small === undefined) {
      this.#small = new ByteGatherer();
      process.nextTick(() => this.#handOnNext());
    }
    this.#small.add(payload);
    if (this.#small.bytes >= SMALL_BYTES) this.#handOn();
  }

  /** What is little waits until the reader has taken what came before, or wants more of it: it would be one more object. */
  #handOnNext(): void {
    if (this.readableLength === 0 || this.#hungry) this.#handOn();
  }

  #handOn(): void {
    const small = this.#small;
    this.#small = undefined;
    this.#hungry = false;
    if (small !== undefined && small.bytes > 0 && !this.destroyed) this.push(small.take());
  }
}
