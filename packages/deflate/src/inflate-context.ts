import { constants } from 'node:zlib';
import type { Reusable } from './context-pool.js';
import { DirectContext } from './direct-context.js';
import { violation } from './errors.js';
import { storedBlock } from './stored-block.js';
import { directInflateStream, PIECE_BYTES } from './streams.js';
import { Window } from './window.js';

const { Z_BLOCK, Z_SYNC_FLUSH } = constants;

/** Where every inflater of the process writes to; what it wrote is copied before the next one runs. */
const OUTPUT = Buffer.alloc(PIECE_BYTES);
/** What the sender took off the end of the message (RFC 7692 §7.2.1), and one byte that must stay. */
const TAIL_AND_MORE = Buffer.from('0000ffff00', 'hex');
const TAIL_BYTES = 4;
/** A whole empty stored block, and one byte that must stay. */
const EMPTY_BLOCK = storedBlock(Buffer.alloc(0));
const EMPTY_BLOCK_AND_MORE = Buffer.concat([EMPTY_BLOCK, Buffer.of(0)]);

/** How a message ended: at the end of a block, after a final block, or in the middle of something. */
export type Ending = 'block' | 'final' | 'unfinished';

/** zlib's inflater together with the window it works on, which outlives it. */
export class InflateContext implements Reusable {
  readonly window: Window;
  readonly #direct: DirectContext;

  constructor(windowBits: number) {
    this.window = new Window(2 ** windowBits);
    this.#direct = new DirectContext(directInflateStream(windowBits));
  }

  get broken(): boolean {
    return this.#direct.stream.destroyed;
  }

  /** Bytes of input that the last `inflate` took. */
  get consumed(): number {
    return this.#direct.consumed;
  }

  /**
   * Inflates one piece, which is a copy and the caller's. Less than a full piece: the input is used up, or a final
   * block ended before all of it was consumed.
   * @throws ProtocolError
   */
  inflate(input: Buffer): Buffer {
    try {
      this.#direct.run(Z_SYNC_FLUSH, input, 0, OUTPUT);
    } catch (cause) {
      throw violation('ERR_SOKKER_DEFLATE_DATA', cause);
    }
    const piece = Buffer.from(OUTPUT.subarray(0, this.#direct.produced));
    this.window.push(piece);
    return piece;
  }

  /**
   * Puts the tail back and looks where that leads. zlib alone takes whatever comes; but with Z_BLOCK it stops at the end
   * of a block, and a whole message ends at the last byte of the tail, with nothing to give and no bit left over.
   */
  finish(): Ending {
    try {
      return this.#putTailBack();
    } catch {
      // What zlib objects to was the tail, where it expected more data.
      return 'unfinished';
    }
  }

  /** Goes on after a final block: a fresh stream with the window of the old one. */
  restart(): void {
    this.#direct.stream.reset();
    this.#refill(this.window.bytes());
  }

  /** Takes over a window that was kept of another context. */
  restore(window: Buffer): void {
    this.window.push(window);
    this.#refill(window);
  }

  reset(): void {
    this.#direct.stream.reset();
    this.window.clear();
  }

  close(): void {
    this.#direct.stream.destroy();
  }

  #putTailBack(): Ending {
    const taken = this.#toBlockEnd(TAIL_AND_MORE);
    if (this.#direct.produced > 0) return 'unfinished';
    if (taken === 0) return 'final';
    if (taken !== TAIL_BYTES) return 'unfinished';
    // Bits left over from the tail would shift this block, which then is not an empty one of five bytes.
    return this.#toBlockEnd(EMPTY_BLOCK_AND_MORE) === EMPTY_BLOCK.length ? 'block' : 'unfinished';
  }

  /** Goes on to the next end of a block; how many bytes that took. */
  #toBlockEnd(input: Buffer): number {
    this.#direct.run(Z_BLOCK, input, 0, OUTPUT);
    return this.#direct.consumed;
  }

  #refill(window: Buffer): void {
    if (window.length === 0) return;
    const block = storedBlock(window);
    for (let offset = 0; offset < block.length; offset += this.#direct.consumed) {
      this.#direct.run(Z_SYNC_FLUSH, block, offset, OUTPUT);
    }
  }
}
