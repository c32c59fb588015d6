// Hot path: every frame passes through `read` or `writeHeader`.
// Reads and writes frame headers (RFC 6455 §5.2). Nothing here judges: see rules.ts.
//
//   byte 0   FIN RSV1 RSV2 RSV3 opcode(4)        byte 1   MASK length(7)
//   then     0, 2 or 8 bytes of length           then     0 or 4 bytes of masking key

import type { Opcode } from './opcode.js';

/** Two bytes, eight of length, four of masking key. */
const MAX_HEADER_BYTES = 14;

const TWO_TO_32 = 0x1_0000_0000;

/** How much of a header has been read. Each part can be judged as soon as it is there. */
export type HeaderProgress = 'none' | 'start' | 'flags' | 'length' | 'whole';

/** The header being read; one object per decoder, filled anew for each frame. */
export class HeaderFields {
  fin = false;
  rsv = 0;
  opcode: Opcode = 0;
  masked = false;
  /** The 7-bit length: 126 and 127 announce the longer forms. */
  length7 = 0;
  /** The payload's length; while its bytes are still arriving, the least that it can become. */
  payloadBytes = 0;
  /** Bytes of the length that are still to come. */
  lengthBytesMissing = 0;
  /** The highest bit of a 64-bit length. */
  lengthSign = false;
  /** The masking key as an unsigned 32-bit integer in network byte order. */
  maskingKey = 0;
  /** The header's size in bytes, known from byte 1 on. */
  headerBytes = 2;

  /** Reads what is there of a header in `bytes[start, end)` and says how far that went; consumes nothing. */
  read(bytes: Uint8Array, start: number, end: number): HeaderProgress {
    if (start >= end) return 'none';
    const byte0 = bytes[start]!;
    this.fin = byte0 >= 0x80;
    this.rsv = (byte0 >> 4) & 7;
    this.opcode = (byte0 & 15) as Opcode;
    if (start + 1 >= end) return 'start';
    const byte1 = bytes[start + 1]!;
    this.masked = byte1 >= 0x80;
    this.length7 = byte1 & 127;
    const lengthBytes = this.length7 < 126 ? 0 : this.length7 === 126 ? 2 : 8;
    const keyAt = start + 2 + lengthBytes;
    this.headerBytes = 2 + lengthBytes + (this.masked ? 4 : 0);
    this.lengthBytesMissing = Math.max(keyAt - end, 0);
    this.#readLength(bytes, start + 2, end);
    if (this.lengthBytesMissing > 0) return 'flags';
    if (!this.masked) return 'whole';
    if (end < keyAt + 4) return 'length';
    this.maskingKey = readUint32(bytes, keyAt, end);
    return 'whole';
  }

  #readLength(bytes: Uint8Array, at: number, end: number): void {
    this.lengthSign = false;
    if (this.length7 < 126) {
      this.payloadBytes = this.length7;
    } else if (this.length7 === 126) {
      this.payloadBytes = readUint32(bytes, at, end) >>> 16;
    } else {
      const high = readUint32(bytes, at, end);
      this.lengthSign = high >= 0x8000_0000;
      this.payloadBytes = high * TWO_TO_32 + readUint32(bytes, at + 4, end);
    }
  }
}

/** Reads 32 bits in network byte order; bytes that are not there yet count as zero. */
export function readUint32(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) value = (value << 8) | (i < end ? bytes[i]! : 0);
  return value >>> 0;
}

const NOTHING = new Uint8Array(0);

/** The start of a header that the end of a chunk cut off, waiting for the rest. */
export class CutHeader {
  /** What waits, in its first `size` bytes. Made when a header is first cut: 180 bytes of each decoder that never sees one. */
  bytes = NOTHING;
  size = 0;

  /** Copies from the chunk what may belong to the header: the bytes stay in the chunk too. */
  fill(chunk: Uint8Array, offset: number): void {
    if (this.bytes === NOTHING) this.bytes = new Uint8Array(MAX_HEADER_BYTES);
    for (let i = offset; i < chunk.length && this.size < MAX_HEADER_BYTES; i++) this.bytes[this.size++] = chunk[i]!;
  }
}

/** Size of the header that `writeHeader` writes. */
export function headerBytes(payloadBytes: number, masked: boolean): number {
  const lengthBytes = payloadBytes < 126 ? 0 : payloadBytes < 0x10000 ? 2 : 8;
  return 2 + lengthBytes + (masked ? 4 : 0);
}

/**
 * Writes a header with the shortest form of the length.
 * @param byte0 FIN, RSV and opcode as they go on the wire
 * @param maskingKey undefined: not masked
 * @returns the offset behind the header
 */
export function writeHeader(
  out: Uint8Array,
  at: number,
  byte0: number,
  payloadBytes: number,
  maskingKey: number | undefined,
): number {
  const mask = maskingKey === undefined ? 0 : 0x80;
  out[at] = byte0;
  let end = at + 2;
  if (payloadBytes < 126) {
    out[at + 1] = mask | payloadBytes;
  } else if (payloadBytes < 0x10000) {
    out[at + 1] = mask | 126;
    out[at + 2] = payloadBytes >>> 8;
    out[at + 3] = payloadBytes & 0xff;
    end = at + 4;
  } else {
    out[at + 1] = mask | 127;
    writeUint32(out, at + 2, Math.floor(payloadBytes / TWO_TO_32));
    writeUint32(out, at + 6, payloadBytes >>> 0);
    end = at + 10;
  }
  if (maskingKey === undefined) return end;
  writeUint32(out, end, maskingKey);
  return end + 4;
}

function writeUint32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = (value >>> 16) & 0xff;
  out[at + 2] = (value >>> 8) & 0xff;
  out[at + 3] = value & 0xff;
}
