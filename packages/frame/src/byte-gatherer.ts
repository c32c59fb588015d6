// Hot path: fragments and reads of a message are put together here. Retained memory is what limits bound, so small
// pieces are copied into blocks that grow with what has arrived (a one-byte view would pin the whole read buffer and
// cost a hundred bytes of bookkeeping), and only pieces that fill most of their own buffer are kept as they are.
// Copying the latter too cost 1 MiB messages a third more (packages/bench, row "1 MiB binary echo").
import { Buffer } from 'node:buffer';
import { joined, ownCopy } from './own-memory.js';

/** Pieces from this size on are kept by reference when they fill at least half of their buffer. */
const KEEP_BYTES = 16 * 1024;
const FIRST_BLOCK_BYTES = 64;
const MAX_BLOCK_BYTES = 64 * 1024;

/** Gathers bytes that arrive in pieces. Retains at most 2 × the bytes gathered + 64. */
export class ByteGatherer {
  #parts: Buffer[] = [];
  /** The block being filled, and how far. */
  #block: Buffer | undefined;
  /** One of `FIRST_BLOCK_BYTES` that was copied out of, to be filled again: to make it takes longer than to fill it. */
  #spare: Buffer | undefined;
  #used = 0;
  #bytes = 0;
  /** Memory that the closed parts keep alive: at most twice what they hold. */
  #pinned = 0;

  /** How many bytes are gathered. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a piece. A large one is kept by reference and belongs to the gatherer from here on.
   * @param rest how many bytes are said to follow it; believed only as far as the bound on memory allows
   */
  add(piece: Buffer, rest = 0): void {
    if (piece.length >= KEEP_BYTES && piece.length * 2 >= piece.buffer.byteLength) {
      this.#closeBlock();
      this.#parts.push(piece);
      this.#pinned += piece.buffer.byteLength;
      this.#bytes += piece.length;
    } else {
      this.#copy(piece, 0, piece.length, rest);
      this.#bytes += piece.length;
    }
  }

  /** Adds `bytes[start, end)`, copied: for pieces so small that a view of them would cost more. */
  addCopy(bytes: Buffer, start: number, end: number, rest = 0): void {
    this.#copy(bytes, start, end, rest);
    this.#bytes += end - start;
  }

  /** Everything gathered so far as one buffer, which is the caller's; the gatherer is empty afterwards. */
  take(): Buffer {
    const parts = this.#parts;
    const bytes = this.#bytes;
    const part = this.#cutBlock();
    this.#bytes = 0;
    this.#pinned = 0;
    if (parts.length === 0 && part !== undefined) return part;
    if (part !== undefined) parts.push(part);
    this.#parts = [];
    return parts.length === 1 ? parts[0]! : joined(parts, bytes);
  }

  #copy(piece: Buffer, start: number, end: number, rest: number): void {
    let from = start;
    while (from < end) {
      const block = this.#roomyBlock(end - from, rest);
      const count = Math.min(end - from, block.length - this.#used);
      if (count === 1) block[this.#used] = piece[from]!;
      else piece.copy(block, this.#used, from, from + count);
      this.#used += count;
      from += count;
    }
  }

  /**
   * The open block, or a new one: as large as the bound leaves room for, so that growth stays proportional. Where little
   * is to follow, that fits too, and the whole need not be joined.
   */
  #roomyBlock(wanted: number, rest: number): Buffer {
    if (this.#block !== undefined && this.#used < this.#block.length) return this.#block;
    this.#closeBlock();
    const room = 2 * this.#bytes - this.#pinned;
    const said = Math.min(wanted + rest, room + 2 * wanted);
    const size = Math.min(MAX_BLOCK_BYTES, Math.max(FIRST_BLOCK_BYTES, room, wanted, said));
    const spare = size === FIRST_BLOCK_BYTES ? this.#spare : undefined;
    this.#spare = undefined;
    // Not from Node's pool: a block that waits for the rest of a message would pin 8 KiB of it.
    this.#block = spare ?? Buffer.allocUnsafeSlow(size);
    return this.#block;
  }

  #closeBlock(): void {
    const memory = this.#block?.length ?? 0;
    const part = this.#cutBlock();
    if (part === undefined) return;
    this.#parts.push(part);
    this.#pinned += Math.min(memory, 2 * part.length);
  }

  /** What the block was filled with, copied out of one that is mostly empty; there is no block afterwards. */
  #cutBlock(): Buffer | undefined {
    const block = this.#block;
    if (block === undefined) return undefined;
    const filled = block.subarray(0, this.#used);
    this.#block = undefined;
    this.#used = 0;
    if (filled.length * 2 >= block.length) return filled;
    if (block.length === FIRST_BLOCK_BYTES) this.#spare = block;
    return ownCopy(filled);
  }
}
