// Hot path: every input of the decoders is read here once more, as an oracle that shares no line with them.
import { Buffer } from 'node:buffer';

/** A frame as it stands on the wire, whether legal or not. */
export interface WireFrame {
  byte0: number;
  masked: boolean;
  /** Bytes of length behind the second byte: 0, 2 or 8. */
  form: 0 | 2 | 8;
  /** The length that the header declares, its upper and lower 32 bits. */
  high: number;
  low: number;
  key: number;
  /** Unmasked, as far as it is there. */
  payload: Buffer;
}

export interface Wire {
  readonly frames: WireFrame[];
  /** The start of a header that is cut off. */
  readonly rest: Buffer;
}

/** Reads frames, whatever they are. The last one may have less payload than it declares. */
export function readWire(bytes: Buffer): Wire {
  const frames: WireFrame[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const byte1 = bytes[at + 1]!;
    const length7 = byte1 & 0x7f;
    const form = length7 < 126 ? 0 : length7 === 126 ? 2 : 8;
    const masked = byte1 >= 0x80;
    const start = at + 2 + form + (masked ? 4 : 0);
    if (start > bytes.length) break;
    const high = form === 8 ? bytes.readUInt32BE(at + 2) : 0;
    const low = form === 0 ? length7 : form === 2 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    const key = masked ? bytes.readUInt32BE(start - 4) : 0;
    const end = high > 0 ? bytes.length : Math.min(bytes.length, start + low);
    frames.push({ byte0: bytes[at]!, masked, form, high, low, key, payload: unmasked(bytes, start, end, key) });
    at = end;
  }
  return { frames, rest: bytes.subarray(at) };
}

/** Whether all of a frame's payload is there. */
export function isWhole({ high, low, payload }: WireFrame): boolean {
  return high === 0 && payload.length === low;
}

/** Writes frames as they say, be it wrong. */
export function writeWire({ frames, rest }: Wire): Buffer {
  let size = rest.length;
  for (const frame of frames) size += 2 + frame.form + (frame.masked ? 4 : 0) + frame.payload.length;
  const out = Buffer.alloc(size);
  let at = 0;
  for (const frame of frames) at = writeFrame(out, at, frame);
  out.set(rest, at);
  return out;
}

/** A frame with the shortest form of its length. */
export function wireFrame(byte0: number, payload: Buffer, key: number | undefined): WireFrame {
  const size = payload.length;
  const form = size < 126 ? 0 : size < 0x10000 ? 2 : 8;
  return { byte0, masked: key !== undefined, form, high: 0, low: size, key: key ?? 0, payload };
}

function writeFrame(out: Buffer, start: number, frame: WireFrame): number {
  const { byte0, masked, form, high, low, key, payload } = frame;
  out[start] = byte0;
  out[start + 1] = (masked ? 0x80 : 0) | (form === 0 ? low & 0x7f : form === 2 ? 126 : 127);
  let at = start + 2;
  if (form === 2) out.writeUInt16BE(low & 0xffff, at);
  else if (form === 8) {
    out.writeUInt32BE(high >>> 0, at);
    out.writeUInt32BE(low >>> 0, at + 4);
  }
  at += form;
  if (masked) {
    out.writeUInt32BE(key >>> 0, at);
    at += 4;
  }
  for (let i = 0; i < payload.length; i++) out[at + i] = payload[i]! ^ (key >>> (24 - 8 * (i & 3)));
  return at + payload.length;
}

function unmasked(bytes: Buffer, start: number, end: number, key: number): Buffer {
  const payload = Buffer.from(bytes.subarray(start, end));
  if (key !== 0) for (let i = 0; i < payload.length; i++) payload[i] = payload[i]! ^ (key >>> (24 - 8 * (i & 3)));
  return payload;
}
