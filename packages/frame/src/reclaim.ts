// Hot path: what leaves is written to memory that a socket has just done with, where there is some. New memory for each
// write costs its making, and is not in the processor's caches: an echo of 1 KiB took a seventh more
// (packages/bench, rows "echo").
import type { Slab } from './slab.js';

/** A payload of 64 KiB with its header: longer ones are not kept. */
const MAX_KEPT_BYTES = 64 * 1024 + 14;

/**
 * Slabs that were given back, one of each class of sizes. There are eight for each power of two: so a peer that does not
 * take what was written to one of them pins an eighth more than is counted at most. All of them together: 1 MiB.
 * Short stretches go back to the slab that they were cut from, and which others share.
 */
const kept: (Slab | undefined)[] = [];
/** The slab that was written to last, where that was for someone who gives back: no other is known again. */
let lent: Slab | undefined;

/** A slab that was given back and has room for `size` bytes. */
export function keptSlab(size: number): Slab | undefined {
  if (size > MAX_KEPT_BYTES) return undefined;
  const sizes = classOf(size);
  const slab = kept[sizes];
  kept[sizes] = undefined;
  // Of memory that was taken away nothing is left.
  return slab !== undefined && slab.bytes.length >= size ? slab : undefined;
}

/** Makes note of a slab of which a stretch is cut next. */
export function lend(slab: Slab): Slab {
  lent = slab.bytes.length <= MAX_KEPT_BYTES ? slab : undefined;
  return slab;
}

/** Something is written: what was written to before is not known any more. */
export function forgetLent(): void {
  lent = undefined;
}

/**
 * Gives back memory that the latest `take(true)` of an `EncoderCore` has answered, where nothing was encoded since, to be
 * written again by any of this thread. It is for those who know that nobody has it any more: at once after a write that a
 * plain socket has passed on to the kernel, say. Other bytes, payloads that left as they are among them, stay whose they
 * are.
 */
export function reclaim(written: Uint8Array): void {
  const slab = lent;
  if (slab?.last !== written || written.length === 0) return;
  lent = undefined;
  slab.takeBack();
  if (!slab.shared) kept[classOf(slab.bytes.length)] = slab;
}

/** Sizes of one class differ by an eighth at most. */
function classOf(size: number): number {
  const power = 31 - Math.clz32(size);
  return (power << 3) | ((size >>> (power - 3)) & 7);
}
