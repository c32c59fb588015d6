import type { SentFrame } from './fixture.js';

const TYPES = new Map([
  [1, 'text'],
  [2, 'binary'],
  [9, 'ping'],
  [10, 'pong'],
] as const);

/** A frame that was written, and whether it was masked. */
export interface WrittenFrame {
  readonly frame: SentFrame;
  readonly masked: boolean;
}

/**
 * Reads whole, unfragmented frames that an implementation wrote.
 *
 * @throws Error on bytes that are no such frames
 */
export function readSentFrames(bytes: Buffer): readonly WrittenFrame[] {
  const frames: WrittenFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const masked = ((bytes[at + 1] ?? 0) & 0x80) !== 0;
    const [lengthEnd, length] = lengthAt(bytes, at + 1);
    const keyBytes = masked ? 4 : 0;
    const key = bytes.subarray(lengthEnd, lengthEnd + keyBytes);
    const start = lengthEnd + keyBytes;
    if (bytes.length < start + length) throw new Error(`a frame was cut: ${bytes.toString('hex', at)}`);
    const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, i) => byte ^ (key[i % 4] ?? 0)));
    frames.push({ frame: sentFrame(bytes[at] ?? 0, payload), masked });
    at = start + length;
  }
  return frames;
}

function lengthAt(bytes: Buffer, at: number): [end: number, length: number] {
  const short = (bytes[at] ?? 0) & 0x7f;
  if (short < 126) return [at + 1, short];
  return short === 126 ? [at + 3, bytes.readUInt16BE(at + 1)] : [at + 9, Number(bytes.readBigUInt64BE(at + 1))];
}

function sentFrame(first: number, payload: Buffer): SentFrame {
  const opcode = first & 0x0f;
  if (first >> 4 !== 8) throw new Error(`a frame without FIN or with RSV bits: ${first.toString(16)}`);
  if (opcode === 8) return { type: 'close', code: payload.length < 2 ? null : payload.readUInt16BE(0) };
  const type = TYPES.get(opcode as 1);
  if (type === undefined) throw new Error(`opcode ${opcode} was sent`);
  return { type, hex: payload.toString('hex') };
}
