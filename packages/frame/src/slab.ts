// Hot path: what leaves is written to memory from here. Node's own pool takes twice as long for each stretch, and a view
// of words, which masking needs, would have to be made for each (packages/bench, rows "encode").
import { Buffer } from 'node:buffer';
import { wordsOf, type Words } from './mask.js';
import { keptSlab, lend } from './reclaim.js';
import { View } from './view.js';

/** Just below half of Node's pool, so that slabs are cut from it. */
const SLAB_BYTES = 4088;
/** A longer stretch has a slab of its own: too few would fit into a shared one to be worth its making. */
const MAX_SHARED_BYTES = 512;

/** A piece of uncleared memory that is given away in stretches, each of them to be written whole by who asked for it. */
export class Slab {
  readonly bytes: Buffer;
  /** Where the next stretch begins. */
  start = 0;
  /** The latest stretch, by which it is known when that is given back. */
  last: Buffer | undefined = undefined;
  #words: Words | undefined;
  /** The memory that `bytes` views, and from where; asked for once, when the first part is cut off. */
  #memory: ArrayBufferLike | undefined;
  #memoryAt = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get words(): Words {
    return (this.#words ??= wordsOf(this.bytes));
  }

  /** Whether it is part of Node's pool. That cannot be transferred away from those who share it, memory of its own can. */
  get pooled(): boolean {
    return this.bytes.buffer.byteLength > this.bytes.length;
  }

  /** The next `size` bytes, from `start` on; they are the caller's, to be written before any are handed on. */
  cut(size: number): Buffer {
    const { bytes, start } = this;
    if (size === bytes.length) return (this.last = bytes);
    if (this.#memory === undefined) {
      this.#memory = bytes.buffer;
      this.#memoryAt = bytes.byteOffset;
    }
    this.start = start + size;
    return (this.last = new View(this.#memory, this.#memoryAt + start, size));
  }
}

let shared = new Slab(Buffer.allocUnsafe(SLAB_BYTES));
let isPooled = shared.pooled;

/**
 * A slab with room for a stretch of so many bytes.
 * @param reusing for those who give back: see `reclaim`
 */
export function slabFor(size: number, reusing = false): Slab {
  if (size > MAX_SHARED_BYTES) return reusing ? lentSlab(size) : new Slab(Buffer.allocUnsafe(size));
  if (!isPooled) return new Slab(Buffer.allocUnsafe(size));
  // Of memory that was taken away all the same nothing is left.
  if (shared.start + size > shared.bytes.length) {
    shared = new Slab(Buffer.allocUnsafe(SLAB_BYTES));
    isPooled = shared.pooled;
  }
  return isPooled ? shared : new Slab(Buffer.allocUnsafe(size));
}

/** One with memory of its own: what is kept must not keep the rest of Node's pool alive. */
function lentSlab(size: number): Slab {
  const slab = keptSlab(size) ?? new Slab(Buffer.allocUnsafeSlow(size));
  lend(slab);
  return slab;
}
