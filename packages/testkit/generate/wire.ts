/** Builds frames, legal ones and every kind of illegal one (RFC 6455 §5.2). */
import type { Role } from '../src/fixture.js';

export const TEXT = 1;
export const BINARY = 2;
export const CONTINUATION = 0;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Names of the opcodes that are not reserved, for ids. */
export const OPCODE_NAMES = new Map([
  [CONTINUATION, 'continuation'],
  [TEXT, 'text'],
  [BINARY, 'binary'],
  [CLOSE, 'close'],
  [PING, 'ping'],
  [PONG, 'pong'],
]);

/** The key of RFC 6455 §5.7, which masks every fixture unless it says otherwise. */
export const KEY = Buffer.from('37fa213d', 'hex');

export interface WireFrame {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly opcode: number;
  readonly payload?: Buffer | string;
  /** Form of the length field; default: the shortest. */
  readonly form?: 7 | 16 | 64;
  /** Length to declare in place of the payload's own. */
  readonly declared?: bigint;
  /** Against the role's rule, for fixtures about masking. */
  readonly masked?: boolean;
}

/** Latin letters are one byte each; `Buffer.from(text)` for the rest. */
export function bytes(payload: Buffer | string | undefined): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : (payload ?? Buffer.alloc(0));
}

/** The frame as a peer of `role` sends it: masked when we are the server. */
export function encode(frame: WireFrame, role: Role, key: Buffer = KEY): Buffer {
  const { fin = true, rsv = 0, opcode } = frame;
  const payload = bytes(frame.payload);
  const masked = frame.masked ?? role === 'server';
  const start = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]);
  const length = lengthField(frame.declared ?? BigInt(payload.length), frame.form);
  if (masked) length[0] = (length[0] ?? 0) | 0x80;
  if (!masked) return Buffer.concat([start, length, payload]);
  return Buffer.concat([start, length, key, mask(payload, key)]);
}

/** Masking is its own inverse (RFC 6455 §5.3). */
export function mask(payload: Buffer, key: Buffer): Buffer {
  return Buffer.from(payload.map((byte, at) => byte ^ (key[at % 4] ?? 0)));
}

function lengthField(length: bigint, form: 7 | 16 | 64 = shortestForm(length)): Buffer {
  if (form === 7) return Buffer.from([Number(length)]);
  const field = Buffer.alloc(form === 16 ? 3 : 9, form === 16 ? 126 : 127);
  if (form === 16) field.writeUInt16BE(Number(length), 1);
  else field.writeBigUInt64BE(length, 1);
  return field;
}

function shortestForm(length: bigint): 7 | 16 | 64 {
  if (length <= 125n) return 7;
  return length <= 65535n ? 16 : 64;
}
