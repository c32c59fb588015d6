// Hot path: short reads of sockets are copied here. Node's own pool would do, but of that a short message that is kept
// keeps all alive: 8 KiB on Node.js 20, and 64 KiB from 24 on.
import { Buffer } from 'node:buffer';
import { markShared } from './shared-memory.js';

/** Short stretches share memory: to make some for each takes 250 ns. */
const POOL_BYTES = 1024;
let pool: Buffer | undefined;
let pooled = 0;

/** A copy that keeps at most 1 KiB alive, or its own size. It is the caller's; memory of short ones is shared with others. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = memoryFor(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The same of pieces, one behind the other. @param bytes of all of them together */
export function joined(pieces: readonly Uint8Array[], bytes: number): Buffer {
  const whole = memoryFor(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function memoryFor(bytes: number): Buffer {
  if (bytes > POOL_BYTES / 2) return Buffer.allocUnsafeSlow(bytes);
  if (pool === undefined || pooled + bytes > pool.length) {
    pool = Buffer.allocUnsafeSlow(POOL_BYTES);
    markShared(pool.buffer);
    pooled = 0;
  }
  const start = pooled;
  // What is unmasked is, 32 bits at a time: the next stretch begins with a word of its own.
  pooled = (start + bytes + 3) & ~3;
  return pool.subarray(start, start + bytes);
}
