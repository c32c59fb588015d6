// Hot path: what leaves is written to memory from here. Node's own pool takes twice as long for each stretch, and a view
// of words, which masking needs, would have to be made for each (packages/bench, rows "encode").
import { Buffer } from 'node:buffer';
import { markAsUntransferable } from 'node:worker_threads';
import { wordsOf, type Words } from './mask.js';
import { View } from './view.js';

/** As much as a stretch that someone keeps may pin: as with Node's own pool. */
const SLAB_BYTES = 8 * 1024;
/** A stretch above this size has memory of its own. */
const MAX_SHARED_BYTES = SLAB_BYTES / 2;

/** A piece of uncleared memory that is given away in stretches, each of them written whole before it is cut off. */
export class Slab {
  readonly bytes: Buffer;
  /** Where the next stretch begins. */
  start = 0;
  readonly #memory: ArrayBufferLike;
  #words: Words | undefined;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#memory = this.bytes.buffer;
  }

  /** For many: to transfer one stretch would take the others away, so `structuredClone` and `postMessage` copy it. */
  static shared(): Slab {
    const slab = new Slab(SLAB_BYTES);
    markAsUntransferable(slab.#memory);
    return slab;
  }

  get words(): Words {
    return (this.#words ??= wordsOf(this.bytes));
  }

  /** The next `size` bytes, from `start` on; they are the caller's. */
  cut(size: number): Buffer {
    const { start } = this;
    this.start = start + size;
    return size === this.bytes.length ? this.bytes : new View(this.#memory, start, size);
  }
}

let shared = Slab.shared();

/** A slab with room for a stretch of so many bytes, which is to be written and cut off before anyone else asks. */
export function slabFor(size: number): Slab {
  if (size > MAX_SHARED_BYTES) return new Slab(size);
  // Of memory that was taken away all the same nothing is left.
  if (shared.start + size > shared.bytes.length) shared = Slab.shared();
  return shared;
}
