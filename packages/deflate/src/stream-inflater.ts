// The inflater for runtimes whose zlib can not be written to directly: nothing but documented calls, so every piece is
// a promise. zlib's streams cannot be asked whether they stand at the end of a block, so each message has a stream of
// its own, which at its end is fed a probe that spoils it; the next one is fed the window first.
import type { InflateRaw } from 'node:zlib';
import { violation } from './errors.js';
import type { Stage } from './inflater.js';
import { MessageTally } from './message-tally.js';
import type { Direction } from './negotiation.js';
import { storedBlock } from './stored-block.js';
import { pausingInflateStream } from './streams.js';
import { threadSlots } from './thread-slots.js';
import { Window } from './window.js';

const PROBE = Buffer.from('probe');
/** The tail of the message, then a stored block: at the end of a block that gives the probe and nothing else. */
const TAIL_AND_PROBE = Buffer.concat([Buffer.from('0000ffff', 'hex'), storedBlock(PROBE)]);

export class StreamInflater implements Stage {
  readonly #takeover: boolean;
  readonly #windowBits: number;
  readonly #window: Window;
  readonly #tally: MessageTally;
  #stream: InflateRaw | undefined;
  #pieces: AsyncGenerator<Buffer, void> | undefined;
  #inMessage = false;
  #busy = false;
  #closed = false;
  #wake = (): void => {};

  constructor({ takeover, windowBits }: Direction, maxRatio: number) {
    this.#takeover = takeover;
    this.#windowBits = windowBits;
    this.#window = new Window(2 ** windowBits);
    this.#tally = new MessageTally(maxRatio);
  }

  write(bytes: Buffer, last: boolean): void {
    if (!this.#inMessage) this.#tally.begin();
    this.#inMessage = !last;
    this.#tally.take(bytes.length);
    this.#pieces = this.#inflate(bytes, last);
  }

  read(): Promise<Buffer | undefined> {
    this.#busy = true;
    return threadSlots.run(() => this.#next());
  }

  /** Between messages there is only the window. */
  rest(): boolean {
    return !this.#inMessage && !this.#busy;
  }

  close(): void {
    this.#closed = true;
    if (!this.#busy) this.#drop();
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      const next = this.#closed ? undefined : await this.#pieces?.next();
      if (next?.done !== false) return undefined;
      this.#tally.give(next.value.length);
      return next.value;
    } catch (error) {
      this.#drop();
      throw error;
    } finally {
      this.#busy = false;
      if (this.#closed) this.#drop();
    }
  }

  async *#inflate(bytes: Buffer, last: boolean): AsyncGenerator<Buffer, void> {
    if (last && this.#tally.isEmpty) throw violation('ERR_SOKKER_DEFLATE_EMPTY');
    let rest = bytes;
    while (rest.length > 0) {
      const stream = (this.#stream ??= await this.#open());
      const before = stream.bytesWritten;
      for await (const piece of this.#pass(stream, rest)) {
        this.#window.push(piece);
        yield piece;
      }
      rest = rest.subarray(stream.bytesWritten - before);
      if (rest.length > 0) this.#restart();
    }
    if (last) await this.#finish();
  }

  /** A final block ended before its input did. */
  #restart(): void {
    this.#tally.finalBlock();
    this.#drop();
  }

  async #finish(): Promise<void> {
    const stream = (this.#stream ??= await this.#open());
    const before = stream.bytesWritten;
    const found: Buffer[] = [];
    try {
      for await (const piece of this.#pass(stream, TAIL_AND_PROBE)) found.push(piece);
    } catch {
      // What zlib objects to was the tail, where it expected more data.
      throw violation('ERR_SOKKER_DEFLATE_UNFINISHED');
    }
    const isFinal = stream.bytesWritten === before;
    if (!isFinal && !Buffer.concat(found).equals(PROBE)) throw violation('ERR_SOKKER_DEFLATE_UNFINISHED');
    this.#drop();
    if (!this.#takeover) this.#window.clear();
  }

  /** Writes to the stream and hands on what comes, until all is taken or the stream is over. */
  async *#pass(stream: InflateRaw, bytes: Buffer): AsyncGenerator<Buffer, void> {
    let written = false;
    stream.write(bytes, () => {
      written = true;
      this.#wake();
    });
    for (;;) {
      const piece = stream.read() as Buffer | null;
      if (piece !== null) yield piece;
      else if (stream.errored) throw violation('ERR_SOKKER_DEFLATE_DATA', stream.errored);
      else if (written || stream.destroyed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #open(): Promise<InflateRaw> {
    const stream = pausingInflateStream(this.#windowBits);
    for (const event of ['readable', 'error', 'close']) stream.on(event, () => this.#wake());
    const window = this.#window.bytes();
    let known = 0;
    if (window.length > 0) for await (const piece of this.#pass(stream, storedBlock(window))) known += piece.length;
    if (known !== window.length) throw new Error('zlib did not take the window');
    return stream;
  }

  #drop(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }
}
