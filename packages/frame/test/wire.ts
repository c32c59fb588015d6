/**
 * Pictures of bytes, and frames written naively (RFC 6455 §5.2): nothing here shares code with what is tested.
 */
import { DecoderCore, type DecoderOptions, type FrameSlice, type Role } from '../src/index.js';

/** `'81 05 48 65'` as bytes. */
export function hex(picture: string): Buffer {
  return Buffer.from(picture.replaceAll(' ', ''), 'hex');
}

/** `'1 000 0001  0 0000101'` as bytes. */
export function bits(picture: string): Buffer {
  const digits = picture.replaceAll(' ', '');
  return Buffer.from(digits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

export interface WireFrame {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly opcode: number;
  readonly payload?: Buffer | string;
}

/** The masking key of the examples in RFC 6455 §5.7. */
export const KEY = 0x37fa213d;

/** Byte by byte, as RFC 6455 §5.3 writes it: octet i is masked with octet i modulo 4 of the key. */
export function naiveMask(payload: Uint8Array, key: number, phase = 0): Buffer {
  const octets = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff];
  return Buffer.from(payload.map((byte, i) => byte ^ octets[(i + phase) % 4]!));
}

/** The frame as an endpoint of this role sends it. */
export function frameOf(sender: Role, frame: WireFrame, key = KEY): Buffer {
  const payload = Buffer.from(frame.payload ?? '');
  const head = [(frame.fin === false ? 0 : 0x80) | ((frame.rsv ?? 0) << 4) | frame.opcode];
  const mask = sender === 'client' ? 0x80 : 0;
  if (payload.length < 126) head.push(mask | payload.length);
  else if (payload.length < 65536) head.push(mask | 126, payload.length >> 8, payload.length & 0xff);
  else head.push(mask | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (payload.length >>> shift) & 0xff));
  if (sender === 'server') return Buffer.concat([Buffer.from(head), payload]);
  head.push(key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff);
  return Buffer.concat([Buffer.from(head), naiveMask(payload, key)]);
}

/** What the peer of `role` sends. */
export function peerOf(role: Role): Role {
  return role === 'client' ? 'server' : 'client';
}

/** Frames as the peer of `role` sends them, one after the other. */
export function stream(role: Role, ...frames: WireFrame[]): Buffer {
  return Buffer.concat(frames.map((frame) => frameOf(peerOf(role), frame)));
}

export interface Decoded {
  readonly slices: FrameSlice[];
  /** What `next` or `end` threw. */
  readonly error: { readonly code?: string; readonly closeCode?: number } | undefined;
  /** Which chunk it was thrown in. */
  readonly failedIn: number | undefined;
}

/** Runs chunks through a decoder; they are copied, since a decoder writes into its chunks. */
export function decode(options: DecoderOptions, chunks: readonly Uint8Array[], { end = false } = {}): Decoded {
  const core = new DecoderCore(options);
  const slices: FrameSlice[] = [];
  let at = 0;
  try {
    for (; at < chunks.length; at++) {
      core.write(Buffer.from(chunks[at]!));
      for (let slice = core.next(); slice !== undefined; slice = core.next()) slices.push(slice);
    }
    if (end) core.end();
  } catch (error) {
    return { slices, error: error as Decoded['error'], failedIn: at };
  }
  return { slices, error: undefined, failedIn: undefined };
}

/** What a call throws; undefined when it does not. */
export function thrown(call: () => unknown): Error | undefined {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

/** One byte a chunk. */
export function singly(bytes: Uint8Array): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]));
}

/** One line per frame, with the slices of a frame joined. */
export function lines(slices: readonly FrameSlice[]): string[] {
  const out: string[] = [];
  let gathered: Buffer[] = [];
  for (const { fin, rsv, opcode, payload, payloadBytes, last } of slices) {
    gathered.push(payload);
    if (!last) continue;
    out.push(`${fin ? 'fin' : '…'} ${rsv} ${opcode} ${payloadBytes} ${Buffer.concat(gathered).toString('hex')}`);
    gathered = [];
  }
  if (gathered.length > 0) out.push(`open ${Buffer.concat(gathered).toString('hex')}`);
  return out;
}
