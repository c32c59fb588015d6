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
  /** Whether several have stretches of it. */
  readonly shared: boolean;
  /** Where the next stretch begins. */
  start = 0;
  /** The latest stretch, by which it is known when that is given back. */
  last: Buffer | undefined = undefined;
  /** Whether nobody has the latest stretch any more. */
  #free = false;
  #words: Words | undefined;
  /** The memory that `bytes` views, and from where; asked for once, when the first part is cut off. */
  #memory: ArrayBufferLike | undefined;
  #memoryAt = 0;

  constructor(bytes: Buffer, shared = false) {
    this.bytes = bytes;
    this.shared = shared;
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
    const { bytes, last, start } = this;
    const isFree = this.#free;
    this.start = start + size;
    this.#free = false;
    if (isFree && last?.length === size) return last;
    if (size === bytes.length) return (this.last = bytes);
    if (this.#memory === undefined) {
      this.#memory = bytes.buffer;
      this.#memoryAt = bytes.byteOffset;
    }
    return (this.last = new View(this.#memory, this.#memoryAt + start, size));
  }

  /** Nobody has the latest stretch any more: the next is cut from where that was. */
  takeBack(): void {
    this.start -= this.last?.length ?? 0;
    this.#free = true;
  }
}

let shared = new Slab(Buffer.allocUnsafe(SLAB_BYTES), true);
let isPooled = shared.pooled;

/**
 * A slab with room for a stretch of so many bytes.
 * @param reusing for those who give back: see `reclaim`
 */
export function slabFor(size: number, reusing: boolean): Slab {
  if (size > MAX_SHARED_BYTES) {
    if (!reusing) return new Slab(Buffer.allocUnsafe(size));
    // With memory of its own: what is kept must not keep the rest of Node's pool alive.
    return lend(keptSlab(size) ?? new Slab(Buffer.allocUnsafeSlow(size)));
  }
  // Of memory that was taken away all the same nothing is left.
  if (shared.start + size > shared.bytes.length) {
    shared = new Slab(Buffer.allocUnsafe(SLAB_BYTES), true);
    isPooled = shared.pooled;
  }
  if (!isPooled) return new Slab(Buffer.allocUnsafe(size));
  return reusing ? lend(shared) : shared;
}
