import { Opcode, readOptions, Slice, UsageError, type FrameSlice, type MessageCoder } from '@sokker/frame';
import { onceAborted } from './aborts.js';
import { codePart } from './coded-output.js';
import type { Engine } from './engine.js';
import { ConnectionError } from './errors.js';
import type { Job } from './job-queue.js';
import type { Outgoing } from './outgoing.js';
import { SEND_STREAM_OPTIONS, type SendStreamOptions } from './send-options.js';
import { checkSource, SourceReader, type MessageSource } from './source.js';
import { unheard } from './unheard.js';

const FRAGMENT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** So many pieces may leave before others have their turn: a source that always has more never owns the event loop. */
const PIECES_PER_TURN = 16;

/** What a message takes that waits for its turn: promises, listeners and the source that was opened (heap, Node 20). */
const WAITING_BYTES = 2048;

/** A message that is sent while it is being made. */
export class StreamedMessage implements Job {
  readonly done: Promise<void>;
  readonly #outgoing: Outgoing;
  readonly #reader: SourceReader;
  readonly #options: SendStreamOptions;
  readonly #opcode: Opcode;
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;
  #running = false;
  /** The connection is ending anyway: that the message is cut short is no failure of its own. */
  #dropped = false;
  #aborted: { readonly reason: unknown } | undefined;
  /** Has its signal abort without telling us. */
  #stopWaiting: (() => void) | undefined;
  /** Ends the wait for the source or for room. */
  #interrupt: ((reason: unknown) => void) | undefined;
  /** Part of it is out. */
  #begun = false;
  /** Part of it, not all, is out, or in the coder, which would make one message of it and the next. */
  committed = false;
  /** All of it is out: whoever gives it up now is too late, and only the wait for room ends. */
  #whole = false;
  #readBytes = 0;
  #pieces = 0;

  /** @throws UsageError `ERR_SOKKER_ARGUMENT` */
  constructor(outgoing: Outgoing, source: MessageSource, options: SendStreamOptions) {
    checkSource(source);
    this.#options = readOptions<SendStreamOptions>('sendStream', SEND_STREAM_OPTIONS, options);
    this.#outgoing = outgoing;
    this.#reader = new SourceReader(source);
    this.#opcode = options.type === 'text' ? Opcode.text : Opcode.binary;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    const { signal } = options;
    if (signal?.aborted === true) this.#abort(signal.reason);
    else if (signal !== undefined) this.#stopWaiting = onceAborted(signal, () => this.#abort(signal.reason));
  }

  /** Whether it will not be sent, or not to its end. */
  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Once it runs, what there is of it waits in its source, and not here. */
  get bytes(): number {
    return this.#running ? 0 : WAITING_BYTES;
  }

  /** Rejects only where the connection must be given up: part of the message is out and the rest will not follow. */
  async run(): Promise<void> {
    this.#running = true;
    try {
      await this.#send();
      this.#settle?.resolve();
      this.#letGo();
    } catch (error) {
      this.#fail(error);
      if (this.committed && !this.#dropped) throw new ConnectionError('ERR_SOKKER_MESSAGE_ABORTED', { cause: error });
    }
  }

  drop(error: Error): void {
    this.#dropped = true;
    void unheard(this.done);
    this.#abort(error);
  }

  #abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    if (this.#running) return this.#interrupt?.(reason);
    this.#fail(reason);
    this.#outgoing.withdraw(this);
  }

  #fail(error: unknown): void {
    this.#reader.cancel(error);
    this.#settle?.reject(error);
    this.#letGo();
  }

  #letGo(): void {
    this.#interrupt = undefined;
    this.#stopWaiting?.();
  }

  async #send(): Promise<void> {
    const { bytes, compress } = this.#options;
    const coder = this.#outgoing.coderFor(bytes ?? Infinity, compress !== false);
    // In a frame of declared length the last bytes wait for the end of the source: only that makes the message whole.
    let rest: Buffer = NOTHING;
    for (;;) {
      const piece = await this.#unlessAborted(() => this.#reader.read());
      if (piece === undefined) break;
      // Pieces that a coder keeps, or that are empty, make no frame, and so no turn of the others.
      if (coder !== undefined || piece.length === 0) await this.#yield();
      for (let start = 0; start < piece.length; start += FRAGMENT_BYTES) {
        const part = piece.subarray(start, start + FRAGMENT_BYTES);
        this.#count(part.length);
        if (coder !== undefined) await this.#sendCoded(coder, part, false);
        else if (bytes === undefined) await this.#sendFragment(part, false, 0);
        else if (this.#readBytes < bytes) await this.#sendSlice(part, bytes, false);
        else rest = part;
      }
    }
    if (bytes !== undefined && this.#readBytes < bytes) throw mismatch(bytes, this.#readBytes);
    if (coder !== undefined) await this.#sendCoded(coder, NOTHING, true);
    else if (bytes === undefined) await this.#sendFragment(NOTHING, true, 0);
    else await this.#sendSlice(rest, bytes, true);
  }

  #count(partBytes: number): void {
    this.#readBytes += partBytes;
    const { bytes } = this.#options;
    if (bytes !== undefined && this.#readBytes > bytes) throw mismatch(bytes, this.#readBytes);
  }

  /** Waits for the source or the socket, but not beyond an abort. */
  #unlessAborted<Value>(wait: () => Promise<Value>): Promise<Value> {
    // Not Promise.race: that would leave a reaction behind on the abort for every piece of a long message.
    return new Promise((resolve, reject) => {
      const giveUp: (reason: unknown) => void = reject;
      this.#interrupt = (reason) => (this.#whole ? resolve(undefined as Value) : giveUp(reason));
      if (this.#aborted !== undefined) return this.#interrupt(this.#aborted.reason);
      wait().then(resolve, reject);
    });
  }

  /** The next part of the one frame whose length was declared. */
  #sendSlice(part: Buffer, declared: number, last: boolean): Promise<void> {
    return this.#write(new Slice(true, 0, this.#opcode, part, declared, !this.#begun, last));
  }

  #sendFragment(part: Buffer, fin: boolean, rsv: number): Promise<void> {
    const opcode = this.#begun ? Opcode.continuation : this.#opcode;
    return this.#write(new Slice(fin, this.#begun ? 0 : rsv, opcode, part, part.length, true, true));
  }

  async #sendCoded(coder: MessageCoder, part: Buffer, last: boolean): Promise<void> {
    this.committed = true;
    for await (const piece of codePart(coder, part, last)) {
      if (piece.length > 0) await this.#sendFragment(piece, false, coder.rsv);
    }
    if (last) await this.#sendFragment(NOTHING, true, coder.rsv);
  }

  #write(slice: FrameSlice): Promise<void> {
    return this.#unlessAborted(() => {
      this.#begun = true;
      this.committed = true;
      this.#outgoing.slice(slice);
      this.#whole = slice.fin && slice.last;
      if (this.#whole) this.committed = false;
      return this.#room();
    });
  }

  async #room(): Promise<void> {
    await this.#outgoing.writer.room(true);
    await this.#yield();
  }

  /** Leaves the others their turn, now and then. */
  async #yield(): Promise<void> {
    if (++this.#pieces % PIECES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends a message while it is being made. @param isTooSlow whether the peer is: then the connection has ended */
export function sendStreamed(
  { outgoing, sendable }: Engine,
  source: MessageSource,
  options: SendStreamOptions,
  isTooSlow: () => boolean,
): Promise<void> {
  const message = new StreamedMessage(outgoing, source, options);
  if (!sendable) message.drop(new ConnectionError('ERR_SOKKER_CLOSED'));
  else if (message.aborted) return message.done;
  else if (isTooSlow()) message.drop(new ConnectionError('ERR_SOKKER_TOO_SLOW'));
  else outgoing.stream(message);
  return message.done;
}

function mismatch(declared: number, actual: number): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `a source of ${declared} bytes was announced, it gave ${actual}`);
}
