// Hot path: RFC 6455 §5.3 asks for keys from strong entropy, one per frame. A call into the system's generator costs more than a
// small frame, so keys are drawn in blocks.
const BLOCK_KEYS = 1024;
const block = new Uint32Array(BLOCK_KEYS);
let next = BLOCK_KEYS;

/** A fresh masking key: an unsigned 32-bit integer, unpredictable. */
export function randomMaskingKey(): number {
  if (next === BLOCK_KEYS) {
    globalThis.crypto.getRandomValues(block);
    next = 0;
  }
  return block[next++]!;
}
