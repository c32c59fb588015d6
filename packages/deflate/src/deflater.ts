import { UsageError } from '@sokker/frame';
import type { ContextPool } from './context-pool.js';
import type { DeflateContext } from './deflate-context.js';
import type { Stage } from './inflater.js';
import { threadSlots } from './thread-slots.js';

/**
 * Up to this many bytes are deflated on this thread: 16 KiB JSON take 0.12 ms there at level 3 (0.22 at level 6), and
 * half as much processor time again through the thread pool. Past it the event loop would notice. Node 20, 2 cores.
 */
export const DIRECT_BYTES = 16 * 1024;

/** What one job in the thread pool takes; others get their turn between two jobs of a large message. */
const JOB_BYTES = 64 * 1024;

/** The empty message: the header of an empty stored block (RFC 7692 §7.2.3.6). */
const EMPTY_MESSAGE = 0x00;

/** Deflates message after message (RFC 7692 §7.2.1): small ones at once, large ones in the thread pool. */
export class Deflater implements Stage {
  readonly #takeover: boolean;
  readonly #pool: ContextPool<DeflateContext>;
  readonly #onUse: () => void;
  readonly #directBytes: number;
  #context: DeflateContext | undefined;
  /** What is left to deflate. */
  #input: Buffer | undefined;
  #last = false;
  #inMessage = false;
  #isEmpty = true;
  /** Whether what was deflated before may not be referred to any more. */
  #stale = false;
  #busy = false;
  #closed = false;

  /**
   * @param onUse called when a message begins
   * @param directBytes up to which a message is deflated on this thread
   */
  constructor(
    takeover: boolean,
    pool: ContextPool<DeflateContext>,
    onUse: () => void,
    directBytes: number = DIRECT_BYTES,
  ) {
    this.#takeover = takeover;
    this.#pool = pool;
    this.#onUse = onUse;
    this.#directBytes = directBytes;
  }

  write(bytes: Buffer, last: boolean): void {
    if (this.#closed) return;
    if (!this.#inMessage) this.#begin();
    // A view of our own: its length is what it says, whatever the caller hung on the buffer.
    if (bytes.length > 0 || last) this.#input = bytes.subarray(0);
    this.#last = last;
    this.#isEmpty &&= bytes.length === 0;
  }

  read(): Buffer | undefined | Promise<Buffer | undefined> {
    if (this.#busy) throw new UsageError('ERR_SOKKER_ARGUMENT', 'read: the promise of the last read has not settled');
    while (this.#input !== undefined) {
      if (this.#isEmpty) return this.#emptyMessage();
      if (this.#input.length > this.#directBytes) return this.#readInPool();
      const piece = this.#contextAtHand.deflate(this.#input, this.#last);
      if (piece === undefined) return this.#readInPool();
      this.#advance(this.#input.length);
      if (piece.length > 0) return piece;
    }
    return undefined;
  }

  /** What comes next must not refer to what went before. */
  forget(): void {
    this.#stale = true;
  }

  /** The peer's window keeps what we sent; we need not refer to it. */
  rest(): boolean {
    if (this.#inMessage || this.#busy) return false;
    this.#giveBack();
    return true;
  }

  close(): void {
    this.#closed = true;
    // A job that is under way has the context; it gives it back when it is done.
    if (!this.#busy) this.#drop();
  }

  #begin(): void {
    this.#inMessage = true;
    this.#isEmpty = true;
    if (this.#stale) this.#context?.reset();
    this.#stale = false;
    this.#onUse();
  }

  /** Needs no context, and leaves none in a state that a flush of nothing would not leave. */
  #emptyMessage(): Buffer {
    this.#advance(0);
    return Buffer.of(EMPTY_MESSAGE);
  }

  /** Taken when the work begins: thousands of messages may wait for a thread, and a context is hundreds of KiB. */
  get #contextAtHand(): DeflateContext {
    return (this.#context ??= this.#pool.take());
  }

  async #readInPool(): Promise<Buffer | undefined> {
    this.#busy = true;
    try {
      while (this.#input !== undefined) {
        const piece = await threadSlots.run(() => this.#job());
        if (piece.length > 0) return this.#closed ? undefined : piece;
      }
      return undefined;
    } finally {
      this.#busy = false;
      if (this.#closed) this.#drop();
    }
  }

  async #job(): Promise<Buffer> {
    const slice = this.#input?.subarray(0, JOB_BYTES);
    if (slice === undefined || this.#closed) {
      this.#input = undefined;
      return Buffer.alloc(0);
    }
    const piece = await this.#contextAtHand.deflateInPool(slice, this.#last && slice.length === this.#input?.length);
    this.#advance(slice.length);
    return piece;
  }

  #advance(bytes: number): void {
    const rest = this.#input?.subarray(bytes);
    this.#input = rest?.length === 0 ? undefined : rest;
    if (this.#input !== undefined || !this.#last) return;
    this.#inMessage = false;
    // While a job is under way the context is its own.
    if (!this.#takeover) this.#giveBack();
  }

  #drop(): void {
    this.#input = undefined;
    this.#inMessage = false;
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#context !== undefined) this.#pool.give(this.#context);
    this.#context = undefined;
  }
}
