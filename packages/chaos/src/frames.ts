/** Frames as a client sends them, and a reader of those that a server sends: no part of Sokker, so that it can be judged. */

export const TEXT = 1;
export const BINARY = 2;
export const CONTINUATION = 0;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Any key does, as long as it is not zero: a run can be repeated byte for byte. */
const KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

export interface FrameOptions {
  readonly fin?: boolean;
  /** Bits RSV1 to RSV3, as 4, 2 and 1. */
  readonly rsv?: number;
  /** What the header declares, where that is not what follows. */
  readonly declaredBytes?: number;
}

/** A masked frame (RFC 6455 §5.2). */
export function frame(opcode: number, payload: Uint8Array, options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, declaredBytes = payload.length } = options;
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at++) masked[at] = (masked[at] ?? 0) ^ (KEY[at & 3] ?? 0);
  const start = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  return Buffer.concat([Buffer.from([start]), maskedLength(declaredBytes), KEY, masked]);
}

function maskedLength(bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([0x80 | bytes]);
  const length = Buffer.alloc(bytes < 65_536 ? 3 : 9);
  length[0] = 0x80 | (bytes < 65_536 ? 126 : 127);
  if (bytes < 65_536) length.writeUInt16BE(bytes, 1);
  else length.writeBigUInt64BE(BigInt(bytes), 1);
  return length;
}

export function closeFrame(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return frame(CLOSE, payload);
}

/** The same bytes many times over, for floods. */
export function repeated(bytes: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array<Uint8Array>(times).fill(bytes));
}

export interface Received {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Buffer;
}

/** Reads unmasked frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole with this chunk; they point into it. */
  read(chunk: Buffer): Received[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Received[] = [];
    let from = 0;
    for (;;) {
      const head = headOf(bytes, from);
      if (head === undefined || bytes.length < head.end) break;
      frames.push({ ...head, payload: bytes.subarray(head.start, head.end) });
      from = head.end;
    }
    // A copy: what is left must not keep a whole read buffer alive.
    this.#rest = Buffer.from(bytes.subarray(from));
    return frames;
  }
}

function headOf(
  bytes: Buffer,
  from: number,
): { opcode: number; fin: boolean; rsv: number; start: number; end: number } | undefined {
  if (bytes.length < from + 2) return undefined;
  const [first = 0, second = 0] = bytes.subarray(from, from + 2);
  if (second > 127) throw new Error('the server sent a masked frame');
  const start = from + (second < 126 ? 2 : second === 126 ? 4 : 10);
  if (bytes.length < start) return undefined;
  const length =
    second < 126 ? second : second === 126 ? bytes.readUInt16BE(from + 2) : Number(bytes.readBigUInt64BE(from + 2));
  return { opcode: first & 15, fin: first > 127, rsv: (first >> 4) & 7, start, end: start + length };
}
