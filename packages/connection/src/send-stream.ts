import { Opcode, readOptions, Slice, UsageError, type FrameSlice, type MessageCoder } from '@sokker/frame';
import { codePart } from './coded-output.js';
import { ConnectionError } from './errors.js';
import type { Job } from './job-queue.js';
import type { Outgoing } from './outgoing.js';
import { SEND_STREAM_OPTIONS, type SendStreamOptions } from './send-options.js';
import { checkSource, SourceReader, type MessageSource } from './source.js';

const FRAGMENT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** A message that is sent while it is being made. */
export class StreamedMessage implements Job {
  /** It waits in its source, not here. */
  readonly bytes = 0;
  readonly done: Promise<void>;
  readonly #outgoing: Outgoing;
  readonly #source: MessageSource;
  readonly #options: SendStreamOptions;
  /** The connection is ending anyway: that the message is cut short is no failure of its own. */
  #dropped = false;
  #aborted: { readonly reason: unknown } | undefined;
  /** Ends the wait for the source or for room. */
  #interrupt: ((reason: unknown) => void) | undefined;
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;
  #opcode: Opcode;
  #begun = false;
  #sentBytes = 0;

  /** @throws UsageError `ERR_SOKKER_ARGUMENT` */
  constructor(outgoing: Outgoing, source: MessageSource, options: SendStreamOptions) {
    checkSource(source);
    this.#outgoing = outgoing;
    this.#source = source;
    this.#options = readOptions<SendStreamOptions>('sendStream', SEND_STREAM_OPTIONS, options);
    this.#opcode = options.type === 'text' ? Opcode.text : Opcode.binary;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    const { signal } = options;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
  }

  /** Rejects only where the connection must be given up: part of the message is out and the rest will not follow. */
  async run(): Promise<void> {
    const reader = new SourceReader(this.#source);
    try {
      await this.#send(reader);
      this.#settle?.resolve();
    } catch (error) {
      reader.cancel(error);
      this.#settle?.reject(error);
      if (this.#begun && !this.#dropped) throw new ConnectionError('ERR_SOKKER_MESSAGE_ABORTED', { cause: error });
    } finally {
      this.#options.signal?.removeEventListener('abort', this.#onAbort);
    }
  }

  drop(error: Error): void {
    this.#dropped = true;
    this.#abort(error);
  }

  readonly #onAbort = (): void => {
    this.#abort(this.#options.signal?.reason);
  };

  #abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#interrupt?.(reason);
    // A message that has not begun is not sent; one that has is ended by `run`.
    if (!this.#begun) this.#settle?.reject(reason);
  }

  async #send(reader: SourceReader): Promise<void> {
    const { bytes, compress } = this.#options;
    const coder = this.#outgoing.coderFor(bytes ?? Infinity, compress === true);
    for (;;) {
      const piece = await this.#unlessAborted(() => reader.read());
      if (piece === undefined) break;
      for (let start = 0; start < piece.length; start += FRAGMENT_BYTES) {
        const part = piece.subarray(start, start + FRAGMENT_BYTES);
        if (coder !== undefined) await this.#sendCoded(coder, part, false);
        else if (bytes !== undefined) await this.#sendSlice(part, bytes);
        else await this.#sendFragment(part, false, 0);
      }
    }
    if (coder !== undefined) await this.#sendCoded(coder, NOTHING, true);
    else if (bytes === undefined) await this.#sendFragment(NOTHING, true, 0);
    else if (bytes === 0) await this.#sendSlice(NOTHING, 0);
    else if (this.#sentBytes < bytes) throw mismatch(bytes, this.#sentBytes);
  }

  /** Waits for the source or the socket, but not beyond an abort. */
  #unlessAborted<Value>(wait: () => Promise<Value>): Promise<Value> {
    if (this.#aborted !== undefined) return Promise.reject(asError(this.#aborted.reason));
    // Not Promise.race: that would leave a reaction behind on the abort for every piece of a long message.
    return new Promise((resolve, reject) => {
      this.#interrupt = (reason) => reject(asError(reason));
      wait().then(resolve, reject);
    });
  }

  /** The next part of the one frame whose length was declared. */
  #sendSlice(part: Buffer, declared: number): Promise<void> {
    const first = this.#sentBytes === 0;
    this.#sentBytes += part.length;
    if (this.#sentBytes > declared) throw mismatch(declared, this.#sentBytes);
    const last = this.#sentBytes === declared;
    return this.#write(new Slice(true, 0, this.#opcode, part, declared, first, last));
  }

  #sendFragment(part: Buffer, fin: boolean, rsv: number): Promise<void> {
    const opcode = this.#begun ? Opcode.continuation : this.#opcode;
    return this.#write(new Slice(fin, this.#begun ? 0 : rsv, opcode, part, part.length, true, true));
  }

  async #sendCoded(coder: MessageCoder, part: Buffer, last: boolean): Promise<void> {
    for await (const piece of codePart(coder, part, last)) {
      if (piece.length > 0) await this.#sendFragment(piece, false, coder.rsv);
    }
    if (last) await this.#sendFragment(NOTHING, true, coder.rsv);
  }

  #write(slice: FrameSlice): Promise<void> {
    this.#begun = true;
    this.#outgoing.slice(slice);
    return this.#unlessAborted(() => this.#outgoing.writer.room());
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function mismatch(declared: number, actual: number): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `a source of ${declared} bytes was announced, it gave ${actual}`);
}
