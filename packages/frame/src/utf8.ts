// Hot path: text that is not ASCII passes here byte by byte, or by a native call whose price is that of about 32 bytes
// of the state machine (packages/bench, row "1 KiB non-ASCII text echo").
import { isUtf8 } from 'node:buffer';

/** Below this many bytes the state machine is quicker than the call into native code. */
const NATIVE_THRESHOLD_BYTES = 32;

/**
 * Judges UTF-8 (RFC 3629) that arrives in pieces, as RFC 6455 §8.1 asks: a sequence may be cut anywhere, and the first
 * byte that cannot belong to valid text fails.
 */
export class Utf8Validator {
  /** Continuation bytes that the open sequence still lacks. */
  #missing = 0;
  /** Bounds of the next continuation byte: narrower after E0, ED, F0 and F4 (no overlong forms, no surrogates, ≤ U+10FFFF). */
  #lower = 0x80;
  #upper = 0xbf;

  /** Whether no sequence is open: the text so far could end here. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Bytes that the open sequence still lacks, 0 to 3: text that ends sooner is cut. */
  get missing(): number {
    return this.#missing;
  }

  /** Takes the next bytes, `bytes[start, end)`; false from the first byte on that breaks the text. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    let at = start;
    while (at < end && this.#missing > 0) {
      if (!this.#step(bytes[at++]!)) return false;
    }
    if (end - at >= NATIVE_THRESHOLD_BYTES) {
      const settled = end - openTail(bytes, end);
      if (!isUtf8(at === 0 && settled === bytes.length ? bytes : bytes.subarray(at, settled))) return false;
      at = settled;
    }
    for (; at < end; at++) if (!this.#step(bytes[at]!)) return false;
    return true;
  }

  /** Ends the text and starts afresh; false when a sequence was left open. */
  end(): boolean {
    const complete = this.complete;
    this.#missing = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
    return complete;
  }

  #step(byte: number): boolean {
    if (this.#missing > 0) {
      if (byte < this.#lower || byte > this.#upper) return false;
      this.#missing--;
      this.#lower = 0x80;
      this.#upper = 0xbf;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = sequenceBytes(byte) - 1;
    if (byte === 0xe0) this.#lower = 0xa0;
    else if (byte === 0xed) this.#upper = 0x9f;
    else if (byte === 0xf0) this.#lower = 0x90;
    else if (byte === 0xf4) this.#upper = 0x8f;
    return true;
  }
}

function sequenceBytes(lead: number): number {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** How many bytes before `end` may be the start of a sequence that goes on: 0 to 3. */
function openTail(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceBytes(byte) > back ? back : 0;
  }
  return 0;
}
