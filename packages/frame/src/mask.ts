// Hot path: every byte a server receives passes through here once. A plain loop over bytes with `i & 3` runs at a tenth
// of the speed of 32-bit words from 1 KiB on; creating the view of words costs about as much as 64 bytes of byte loop,
// so shorter payloads take the byte loop (see packages/bench, rows "decode").
import { endianness } from 'node:os';

/** Payloads shorter than this are masked byte by byte. */
export const WORD_THRESHOLD_BYTES = 64;

const BIG_ENDIAN = endianness() === 'BE';

/**
 * Masks `bytes[start, end)` in place; masking is its own inverse (RFC 6455 §5.3).
 * @param key the masking key as an unsigned 32-bit integer in network byte order
 * @param phase how many bytes of this payload were masked before: the key repeats every four
 * @param words 32-bit view of the memory of `bytes`, see `wordsOf`; for those who mask several payloads of one buffer
 * @returns whether every resulting byte is ASCII, which spares ASCII text its UTF-8 check
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  phase: number,
  words?: Int32Array,
): boolean {
  const rotated = rotate(key, phase);
  if (end - start < WORD_THRESHOLD_BYTES) return maskBytes(bytes, start, end, rotated) < 0x80;
  return maskWords(bytes, start, end, rotated, words ?? wordsOf(bytes)) < 0x80;
}

/** The aligned 32-bit words within a view of bytes. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const edge = -bytes.byteOffset & 3;
  return new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + edge, Math.max(0, bytes.length - edge) >> 2);
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

/** Masks 32 bits at a time between two aligned edges, unrolled by eight. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number, words: Int32Array): number {
  const edge = start + (-(bytes.byteOffset + start) & 3);
  let union = maskBytes(bytes, start, edge, key);
  const rotated = rotate(key, edge - start);
  const word = BIG_ENDIAN ? rotated | 0 : swap(rotated);
  const from = (bytes.byteOffset + edge - words.byteOffset) >> 2;
  const count = (end - edge) >> 2;
  const to = from + count;
  let bits = 0;
  let i = from;
  for (const stop = to - 7; i < stop; i += 8) {
    bits |= words[i]! ^= word;
    bits |= words[i + 1]! ^= word;
    bits |= words[i + 2]! ^= word;
    bits |= words[i + 3]! ^= word;
    bits |= words[i + 4]! ^= word;
    bits |= words[i + 5]! ^= word;
    bits |= words[i + 6]! ^= word;
    bits |= words[i + 7]! ^= word;
  }
  for (; i < to; i++) bits |= words[i]! ^= word;
  union |= maskBytes(bytes, edge + (count << 2), end, rotated);
  return (bits & 0x80808080) === 0 ? union : union | 0x80;
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
