// Hot path: what leaves is written to memory from here. Node's own pool takes twice as long for each stretch, and a view
// of words, which masking needs, would have to be made for each (packages/bench, rows "encode").
import { Buffer } from 'node:buffer';
import { wordsOf, type Words } from './mask.js';
import { View } from './view.js';

/** Just below half of Node's pool, so that slabs are cut from it: it cannot be transferred away from who shares it. */
const SLAB_BYTES = 4088;
/** A longer stretch has a slab of its own: too few would fit into a shared one to be worth its making. */
const MAX_SHARED_BYTES = 512;

/** A piece of uncleared memory that is given away in stretches, each of them written whole before it is cut off. */
export class Slab {
  readonly bytes: Buffer;
  /** Where the next stretch begins. */
  start = 0;
  #words: Words | undefined;
  /** The memory that `bytes` views, and from where; asked for once, when the first part is cut off. */
  #memory: ArrayBufferLike | undefined;
  #memoryAt = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  get words(): Words {
    return (this.#words ??= wordsOf(this.bytes));
  }

  /** The next `size` bytes, from `start` on; they are the caller's. */
  cut(size: number): Buffer {
    const { bytes, start } = this;
    if (size === bytes.length) return bytes;
    if (this.#memory === undefined) {
      this.#memory = bytes.buffer;
      this.#memoryAt = bytes.byteOffset;
    }
    this.start = start + size;
    return new View(this.#memory, this.#memoryAt + start, size);
  }
}

let shared = new Slab(SLAB_BYTES);

/** A slab with room for a stretch of so many bytes, which is to be written and cut off before anyone else asks. */
export function slabFor(size: number): Slab {
  if (size > MAX_SHARED_BYTES) return new Slab(size);
  if (shared.start + size > SLAB_BYTES) shared = new Slab(SLAB_BYTES);
  return shared;
}
