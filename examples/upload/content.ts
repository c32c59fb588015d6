// What is uploaded: as many bytes as asked for, made while they are sent. Text is full of characters of two, three and
// four bytes, cut wherever a piece ends.
import type { Hash } from 'node:crypto';

const PIECE_BYTES = 64 * 1024;
/** 97 characters of 1 to 4 bytes: a prime number of bytes, so that every cut within a character comes up. */
const SENTENCE = 'Ångström, naïve façade, 中文字符, Ελληνικά, кириллица, 🦦🧵🚀 and plain ASCII to the end of it. ';

/** Makes `bytes` bytes of content, and hashes what it hands out. */
export function* content(kind: 'text' | 'binary', bytes: number, hash: Hash): Generator<Buffer> {
  const pattern = kind === 'text' ? textPattern() : binaryPattern();
  for (let sent = 0; sent < bytes;) {
    const size = Math.min(PIECE_BYTES, bytes - sent);
    const from = sent % pattern.period;
    // The last bytes of text are ASCII, so that no character is left open.
    const tail = kind === 'text' && sent + size === bytes ? Math.min(4, size) : 0;
    const piece = Buffer.from(pattern.bytes.subarray(from, from + size));
    if (tail > 0) closeText(piece, pattern.bytes, from);
    hash.update(piece);
    yield piece;
    sent += size;
  }
}

interface Pattern {
  /** At least one period and a piece long, so that a piece can begin anywhere in the period. */
  readonly bytes: Buffer;
  readonly period: number;
}

function textPattern(): Pattern {
  const sentence = Buffer.from(SENTENCE);
  const repeats = Math.ceil(PIECE_BYTES / sentence.length) + 2;
  return { bytes: Buffer.concat(Array.from({ length: repeats }, () => sentence)), period: sentence.length };
}

function binaryPattern(): Pattern {
  const period = 65_521;
  const bytes = Buffer.alloc(period + PIECE_BYTES);
  for (let i = 0; i < bytes.length; i++) bytes[i] = ((i % period) * 31 + 7) & 0xff;
  return { bytes, period };
}

/** Replaces a character that the end of the piece cuts by spaces. */
function closeText(piece: Buffer, pattern: Buffer, from: number): void {
  let end = piece.length;
  while (end > 0 && ((pattern[from + end] ?? 0) & 0xc0) === 0x80) end--;
  piece.fill(0x20, end);
}
