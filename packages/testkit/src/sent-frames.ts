/** Reads and judges the frames that an implementation wrote: whatever else is expected, each must be legal by itself. */
import { isUtf8 } from 'node:buffer';
import type { SentFrame } from './fixture.js';

/** Bits of a header's flags. */
export const FIN = 0b1000;
export const RSV1 = 0b0100;
const CLOSE = 8;
/** The types of frames that begin something, by opcode. */
export const TYPES = new Map([
  [1, 'text'],
  [2, 'binary'],
  [CLOSE, 'close'],
  [9, 'ping'],
  [10, 'pong'],
] as const);
const MAX_CONTROL_PAYLOAD_BYTES = 125;

/** A frame that was written, and whether it was masked. */
export interface WrittenFrame {
  readonly frame: SentFrame;
  readonly masked: boolean;
}

/** What was written, up to the first bytes that are no whole, unfragmented, legal frame. */
export interface SentFrames {
  readonly frames: readonly WrittenFrame[];
  /** What these bytes are; `undefined`: there are none. */
  readonly wrong: string | undefined;
}

export interface Header {
  /** FIN and RSV. */
  readonly flags: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** How many bits hold the length: 7, 16 or 64. */
  readonly lengthBits: number;
  readonly length: number;
  /** Where the payload begins; the masking key is before it. */
  readonly start: number;
}

/** Reads unfragmented frames; what is wrong is said, not thrown. */
export function readSentFrames(bytes: Buffer): SentFrames {
  const frames: WrittenFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const header = headerAt(bytes, at);
    const end = header === undefined ? Infinity : header.start + header.length;
    if (header === undefined || bytes.length < end)
      return { frames, wrong: `a frame that was cut (${bytes.toString('hex', at, at + 20)})` };
    const payload = payloadOf(bytes.subarray(0, end), header);
    const wrong = wrongHeader(header) ?? wrongClose(header, payload);
    if (wrong !== undefined) return { frames, wrong };
    frames.push({ frame: sentFrame(header, payload), masked: header.masked });
    at = end;
  }
  return { frames, wrong: undefined };
}

/** The header that begins there; `undefined` while it is not whole. */
export function headerAt(bytes: Buffer, at: number): Header | undefined {
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  const masked = second >= 0x80;
  const short = second & 0x7f;
  const lengthBits = short < 126 ? 7 : short === 126 ? 16 : 64;
  const lengthEnd = at + 2 + (lengthBits === 7 ? 0 : lengthBits / 8);
  const start = lengthEnd + (masked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const length = lengthBits === 7 ? short : parseInt(bytes.toString('hex', at + 2, lengthEnd), 16);
  return { flags: first >> 4, opcode: first & 0x0f, masked, lengthBits, length, start };
}

/** The payload that ends where these bytes do, unmasked. */
export function payloadOf(bytes: Buffer, { masked, start }: Header): Buffer {
  const payload = bytes.subarray(start);
  if (!masked) return payload;
  const key = bytes.subarray(start - 4, start);
  return Buffer.from(payload.map((byte, i) => byte ^ (key[i % 4] ?? 0)));
}

function wrongHeader(header: Header): string | undefined {
  const { flags, opcode } = header;
  const byte = (flags << 4) | opcode;
  if (flags !== FIN) return `a frame without FIN or with RSV bits (${byte.toString(16).padStart(2, '0')})`;
  if (!TYPES.has(opcode as 1)) return `a frame of opcode ${opcode}`;
  return wrongLength(header);
}

/** RFC 6455 §5.2: as few bits as will do; §5.5: control frames are short. */
export function wrongLength({ opcode, lengthBits, length }: Header): string | undefined {
  const leastBits = length < 126 ? 7 : length < 0x10000 ? 16 : 64;
  if (lengthBits !== leastBits) return `a length of ${length} in ${lengthBits} bits`;
  const isTooLong = opcode >= CLOSE && length > MAX_CONTROL_PAYLOAD_BYTES;
  return isTooLong ? `a control frame of ${length} bytes` : undefined;
}

/** A Close is empty, or begins with a code of two bytes; behind that is UTF-8 (RFC 6455 §5.5.1). */
export function wrongClose({ opcode }: Header, payload: Buffer): string | undefined {
  if (opcode !== CLOSE) return undefined;
  if (payload.length === 1) return 'a Close with a payload of one byte';
  return isUtf8(payload.subarray(2)) ? undefined : 'a Close whose reason is no UTF-8';
}

/** The form in which a frame that is legal is compared. */
function sentFrame({ opcode }: Header, payload: Buffer): SentFrame {
  if (opcode === CLOSE) return { type: 'close', code: payload.length === 0 ? null : payload.readUInt16BE(0) };
  return { type: TYPES.get(opcode as 1) as 'text', hex: payload.toString('hex') };
}
