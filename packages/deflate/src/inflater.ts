import type { PieceCoder } from '@sokker/frame';
import { PoolRegistry, type ContextPool } from './context-pool.js';
import { violation } from './errors.js';
import { InflateContext, type Ending } from './inflate-context.js';
import { MessageTally } from './message-tally.js';
import type { Direction } from './negotiation.js';
import { PIECE_BYTES } from './streams.js';
import type { Restable } from './warm-set.js';

const pools = new PoolRegistry((bits: number) => new InflateContext(bits), String);

/** One direction of a connection's coder, which can give up most of its memory between messages. */
export interface Stage extends PieceCoder, Restable {
  close(): void;
}

/** Inflates message after message, each piece synchronously (RFC 7692 §7.2.2). */
export class Inflater implements Stage {
  readonly #takeover: boolean;
  readonly #pool: ContextPool<InflateContext>;
  readonly #tally: MessageTally;
  readonly #onUse: () => void;
  #context: InflateContext | undefined;
  /** The window of a context that was given up, if the next message may refer to it. */
  #kept: Buffer | undefined;
  /** What is left to inflate. */
  #input: Buffer | undefined;
  #last = false;
  #inMessage = false;
  /** The last thing inflated was a final block: zlib's stream is over. */
  #ended = false;
  #closed = false;

  /** @param onUse called when a message begins */
  constructor({ takeover, windowBits }: Direction, maxRatio: number, onUse: () => void) {
    this.#takeover = takeover;
    this.#onUse = onUse;
    this.#pool = pools.for(windowBits);
    this.#tally = new MessageTally(maxRatio);
  }

  write(bytes: Buffer, last: boolean): void {
    if (this.#closed) return;
    if (!this.#inMessage) this.#begin();
    this.#last = last;
    this.#tally.take(bytes.length);
    if (bytes.length > 0 || last) this.#input = bytes;
  }

  read(): Buffer | undefined {
    if (this.#last && this.#tally.isEmpty) return this.#refuseEmpty();
    try {
      return this.#nextPiece();
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  rest(): boolean {
    if (this.#inMessage) return false;
    if (this.#takeover && this.#context !== undefined) this.#kept = this.#context.window.bytes();
    this.#giveBack();
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #begin(): void {
    this.#inMessage = true;
    this.#tally.begin();
    this.#onUse();
  }

  #nextPiece(): Buffer | undefined {
    while (this.#input !== undefined) {
      const piece = this.#step((this.#context ??= this.#wake()), this.#input);
      this.#tally.give(piece.length);
      if (piece.length > 0) return piece;
    }
    // What came before a wrong end is handed on first, so that the chunks do not decide which rule is found broken.
    if (this.#last && this.#inMessage && this.#context !== undefined) this.#finish(this.#context.finish());
    return undefined;
  }

  #step(context: InflateContext, input: Buffer): Buffer {
    if (this.#ended) context.restart();
    this.#ended = false;
    const piece = context.inflate(input);
    const rest = input.subarray(context.consumed);
    if (piece.length === PIECE_BYTES) {
      // There may be more to come, even of no more input.
      this.#input = rest;
    } else if (rest.length > 0) {
      this.#tally.finalBlock();
      this.#ended = true;
      this.#input = rest;
    } else {
      this.#input = undefined;
    }
    return piece;
  }

  #finish(ending: Ending): void {
    if (ending === 'unfinished') throw violation('ERR_SOKKER_DEFLATE_UNFINISHED');
    // Laxer than RFC 7692 §7.2.3.4: a message may end with its final block, without the empty block after it.
    this.#ended = ending === 'final';
    this.#inMessage = false;
    if (!this.#takeover) this.#giveBack();
  }

  /** zlib is not asked: it would take the nothing for something, and refuse the next message. */
  #refuseEmpty(): never {
    this.#inMessage = false;
    this.#last = false;
    this.#input = undefined;
    throw violation('ERR_SOKKER_DEFLATE_EMPTY');
  }

  #wake(): InflateContext {
    const context = this.#pool.take();
    if (this.#kept !== undefined) context.restore(this.#kept);
    this.#kept = undefined;
    return context;
  }

  #drop(): void {
    this.#inMessage = false;
    this.#last = false;
    this.#input = undefined;
    this.#kept = undefined;
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#context !== undefined) this.#pool.give(this.#context);
    this.#context = undefined;
    this.#ended = false;
  }
}
