// Hot path: what leaves is written to memory that a socket has just done with, where there is some. New memory for each
// write costs its making, and is not in the processor's caches: an echo of 1 KiB took a seventh more
// (packages/bench, rows "echo").
import type { Slab } from './slab.js';

/** Longer ones are not kept. */
const MAX_KEPT_BYTES = 64 * 1024;

/**
 * Slabs that were given back, one of each size. Of sizes there are eight for each power of two: so a peer that does not
 * take what was written to one of them pins an eighth more than is counted at most. All of them together: 1 MiB.
 */
const kept: (Slab | undefined)[] = [];
/** The slab that the latest `take` has written to: no other is known again. */
let lent: Slab | undefined;

/** A slab that was given back and has room for `size` bytes. */
export function keptSlab(size: number): Slab | undefined {
  if (size > MAX_KEPT_BYTES) return undefined;
  const sort = sortOf(size);
  const slab = kept[sort];
  kept[sort] = undefined;
  // Of memory that was taken away nothing is left.
  return slab !== undefined && slab.bytes.length >= size ? slab : undefined;
}

/** Makes note of a slab of which one stretch is cut; of none when a `take` begins. */
export function lend(slab?: Slab): void {
  lent = slab;
}

/**
 * Gives back memory that the latest `take` of an `EncoderCore` has answered, to be written again. It is for those who know
 * that nobody has it any more: after a write that a plain socket has passed on to the kernel, say. Bytes that were not
 * made by that `take`, payloads that left as they are among them, stay whose they are.
 */
export function reclaim(written: Uint8Array): void {
  const slab = lent;
  if (slab?.last !== written) return;
  lent = undefined;
  slab.last = undefined;
  slab.start = 0;
  if (slab.bytes.length <= MAX_KEPT_BYTES) kept[sortOf(slab.bytes.length)] = slab;
}

/** Sizes of one sort differ by an eighth at most. */
function sortOf(size: number): number {
  const power = 31 - Math.clz32(size);
  return (power << 3) | ((size >>> (power - 3)) & 7);
}
