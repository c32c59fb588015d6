// Hot path: every byte a server receives passes through here once. A plain loop over bytes with `i & 3` runs at a tenth
// of the speed of 32-bit words from 1 KiB on; creating the view of words costs about as much as 64 bytes of byte loop,
// so shorter payloads take the byte loop unless the view is there (see packages/bench, rows "decode"); long ones are
// masked by vectors.
import { endianness } from 'node:os';
import { VECTOR_BYTES, VECTOR_THRESHOLD_BYTES, vectorsAtHand } from './mask-vectors.js';

/** Payloads shorter than this are masked byte by byte. */
export const WORD_THRESHOLD_BYTES = 64;
/** The same where the view of words is there already: for 16 bytes both ways take 10 ns, for 32 bytes 19 and 12. */
const READY_THRESHOLD_BYTES = 16;

const BIG_ENDIAN = endianness() === 'BE';

/**
 * Masks `bytes[start, end)` in place; masking is its own inverse (RFC 6455 §5.3).
 * @param key the masking key as an unsigned 32-bit integer in network byte order
 * @param phase how many bytes of this payload were masked before: the key repeats every four
 * @param words the memory of `bytes` as words, see `wordsOf`; for those who mask several payloads of one buffer
 * @returns whether every resulting byte is ASCII, which spares ASCII text its UTF-8 check
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  phase: number,
  words?: Words,
): boolean {
  const rotated = rotate(key, phase);
  const threshold = words === undefined ? WORD_THRESHOLD_BYTES : READY_THRESHOLD_BYTES;
  if (end - start < threshold) return maskBytes(bytes, start, end, rotated) < 0x80;
  if (end - start >= VECTOR_THRESHOLD_BYTES) {
    const vectors = vectorsAtHand();
    if (vectors !== null) {
      const stop = end - ((end - start) % VECTOR_BYTES);
      // WebAssembly is little-endian on every machine.
      const beyond = vectors.mask(bytes, start, stop, swap(rotated));
      return maskBytes(bytes, stop, end, rotated) < 0x80 && !beyond;
    }
  }
  return maskWords(bytes, start, end, rotated, words ?? wordsOf(bytes)) < 0x80;
}

/**
 * Masks the first `bytes` of a short payload into `out[at, …)`: to copy them first takes longer. Apart from `maskBytes`,
 * which with two places to look after took a twelfth more of what decoding 8 bytes does.
 */
export function copyMasked(
  payload: Uint8Array,
  out: Uint8Array,
  at: number,
  bytes: number,
  key: number,
  phase: number,
): void {
  const rotated = rotate(key, phase);
  const k0 = rotated >>> 24;
  const k1 = rotated >>> 16;
  const k2 = rotated >>> 8;
  let i = 0;
  for (const stop = bytes - 3; i < stop; i += 4) {
    out[at + i] = payload[i]! ^ k0;
    out[at + i + 1] = payload[i + 1]! ^ k1;
    out[at + i + 2] = payload[i + 2]! ^ k2;
    out[at + i + 3] = payload[i + 3]! ^ rotated;
  }
  if (i < bytes) out[at + i] = payload[i]! ^ k0;
  if (i + 1 < bytes) out[at + i + 1] = payload[i + 1]! ^ k1;
  if (i + 2 < bytes) out[at + i + 2] = payload[i + 2]! ^ k2;
}

/** Bytes as aligned 32-bit words: those within them, or those of all the memory that they are part of. */
export interface Words {
  readonly words: Int32Array;
  /**
   * Where the first word begins, in bytes from the first byte: 0 to 3, or negative where that lies before it. Kept,
   * because asking a view for its offset takes a call.
   */
  readonly edge: number;
}

export function wordsOf(bytes: Uint8Array): Words {
  return wordsIn(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The same of bytes whose memory is known: to ask them for it takes as long as to make the view. */
export function wordsIn(memory: ArrayBufferLike, at: number, bytes: number): Words {
  const edge = -at & 3;
  const count = Math.max(0, bytes - edge) >> 2;
  return { words: new Int32Array(memory as ArrayBuffer, at + edge, count), edge };
}

/** The key as it stands after `bytes` bytes. Shifts count modulo 32: rotated by nothing, it is the key. */
function rotate(key: number, bytes: number): number {
  const rotation = (bytes & 3) << 3;
  return (key << rotation) | (key >>> (32 - rotation));
}

/** Masks byte by byte, unrolled by four; answers the union of all bits, so that one comparison tells ASCII. */
function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const k0 = key >>> 24;
  const k1 = (key >>> 16) & 0xff;
  const k2 = (key >>> 8) & 0xff;
  const k3 = key & 0xff;
  let union = 0;
  let i = start;
  for (const stop = end - 3; i < stop; i += 4) {
    union |= bytes[i]! ^= k0;
    union |= bytes[i + 1]! ^= k1;
    union |= bytes[i + 2]! ^= k2;
    union |= bytes[i + 3]! ^= k3;
  }
  if (i < end) union |= bytes[i]! ^= k0;
  if (i + 1 < end) union |= bytes[i + 1]! ^= k1;
  if (i + 2 < end) union |= bytes[i + 2]! ^= k2;
  return union;
}

/** Masks 32 bits at a time, unrolled by eight; the words at both ends with a key that is 0 outside of the stretch. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number, { words, edge }: Words): number {
  // Where the stretch lies in the words, in bytes: what sticks out at either end is masked byte by byte.
  const from = Math.max(start - edge, 0);
  const to = Math.min(end - edge, words.length << 2);
  let union = 0;
  if (from + edge > start) union = maskBytes(bytes, start, from + edge, key);
  if (to + edge < end) union |= maskBytes(bytes, to + edge, end, rotate(key, to + edge - start));
  const word = wordOf(rotate(key, from + edge - start - (from & 3)));
  const stop = to >> 2;
  let i = from >> 2;
  let bits = 0;
  if ((from & 3) !== 0) {
    const inside = bitsFrom(from & 3);
    bits = (words[i++]! ^= word & inside) & inside;
  }
  for (const most = stop - 7; i < most; i += 8) {
    bits |= words[i]! ^= word;
    bits |= words[i + 1]! ^= word;
    bits |= words[i + 2]! ^= word;
    bits |= words[i + 3]! ^= word;
    bits |= words[i + 4]! ^= word;
    bits |= words[i + 5]! ^= word;
    bits |= words[i + 6]! ^= word;
    bits |= words[i + 7]! ^= word;
  }
  for (; i < stop; i++) bits |= words[i]! ^= word;
  if ((to & 3) !== 0) {
    const inside = ~bitsFrom(to & 3);
    bits |= (words[stop]! ^= word & inside) & inside;
  }
  return (bits & 0x80808080) === 0 ? union : union | 0x80;
}

/** The bits of a word's bytes from `byte` on, in the order of memory. */
function bitsFrom(byte: number): number {
  return BIG_ENDIAN ? -1 >>> (byte << 3) : -1 << (byte << 3);
}

/** The key as the word that it is in memory. */
function wordOf(key: number): number {
  return BIG_ENDIAN ? key | 0 : swap(key);
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
