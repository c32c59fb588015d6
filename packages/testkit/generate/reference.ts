/**
 * A receiver written for nothing but to be right: one byte at a time, no speed, no re-use of packages/frame. It finds
 * for every stream what must happen and the first byte at which that is knowable: the byte after which no way of going
 * on is legal any more. Where a field has several bytes, it therefore keeps the interval of values still possible.
 */
import { inflateRawSync, constants } from 'node:zlib';
import type { FixtureEvent, Limits, Role } from '../src/fixture.js';
import { hexOf } from '../src/hex.js';
import { Utf8 } from './utf8-automaton.js';

export interface Violation {
  readonly closeCode: number;
  readonly code: string;
}

export interface Outcome {
  readonly events: FixtureEvent[];
  readonly violation: Violation | null;
  readonly detectAt: number | null;
}

export interface ReferenceSetup {
  readonly role: Role;
  readonly limits: Limits;
  /** permessage-deflate without context takeover is in force. */
  readonly deflate: boolean;
}

const protocolError = (code: string): Violation => ({ closeCode: 1002, code: `ERR_SOKKER_${code}` });
const INVALID_UTF8: Violation = { closeCode: 1007, code: 'ERR_SOKKER_INVALID_UTF8' };
const tooBig = (code: string): Violation => ({ closeCode: 1009, code: `ERR_SOKKER_${code}` });

interface OpenMessage {
  readonly opcode: number;
  readonly compressed: boolean;
  readonly utf8: Utf8 | null;
  bytes: number[];
  frames: number;
}

interface Header {
  readonly bytes: number[];
  /** Payload length, once known. */
  length: number | null;
  keyAt: number;
  size: number;
}

/** Runs the whole stream; stops at the first violation or after a Close. */
export function reference(stream: Buffer, setup: ReferenceSetup): Outcome {
  const receiver = new Receiver(setup);
  for (const [at, byte] of stream.entries()) {
    const violation = receiver.take(byte);
    if (violation !== null) return { events: receiver.events, violation, detectAt: at };
    if (receiver.closed) break;
  }
  return { events: receiver.events, violation: null, detectAt: null };
}

class Receiver {
  readonly events: FixtureEvent[] = [];
  closed = false;
  readonly #setup: ReferenceSetup;
  #header: Header = newHeader();
  #payload: number[] = [];
  #message: OpenMessage | null = null;
  #reason: Utf8 | null = null;

  constructor(setup: ReferenceSetup) {
    this.#setup = setup;
  }

  take(byte: number): Violation | null {
    const header = this.#header;
    if (header.bytes.length < header.size) {
      header.bytes.push(byte);
      const violation = this.#judgeHeader(header);
      if (violation !== null) return violation;
      if (header.bytes.length === header.size && header.length === 0) return this.#endFrame();
      return null;
    }
    const key = header.bytes.slice(header.keyAt);
    const plain = byte ^ (key.length === 0 ? 0 : (key[this.#payload.length % 4] ?? 0));
    this.#payload.push(plain);
    const violation = this.#judgePayload(plain);
    if (violation !== null) return violation;
    return this.#payload.length === header.length ? this.#endFrame() : null;
  }

  #judgeHeader(header: Header): Violation | null {
    const [first = 0, second] = header.bytes;
    if (second === undefined) return this.#judgeFirst(first);
    if (header.bytes.length === 2) return this.#judgeSecond(first, second, header);
    return header.bytes.length <= header.keyAt ? this.#judgeExtendedLength(header) : null;
  }

  #judgeFirst(first: number): Violation | null {
    const fin = first >= 0x80;
    const rsv = (first >> 4) & 7;
    const opcode = first & 15;
    const mayBeCompressed = this.#setup.deflate && (opcode === 1 || opcode === 2);
    if (rsv !== 0 && !(rsv === 4 && mayBeCompressed)) return protocolError('RESERVED_BITS');
    if ((opcode > 2 && opcode < 8) || opcode > 10) return protocolError('RESERVED_OPCODE');
    if (opcode >= 8) return fin ? null : protocolError('CONTROL_FRAGMENTED');
    if (opcode === 0 && this.#message === null) return protocolError('CONTINUATION_UNEXPECTED');
    if (opcode !== 0 && this.#message !== null) return protocolError('CONTINUATION_EXPECTED');
    const utf8 = opcode === 1 && rsv === 0 ? new Utf8() : null;
    this.#message ??= { opcode, compressed: rsv === 4, utf8, bytes: [], frames: 0 };
    this.#message.frames++;
    const { maxFragments = Infinity } = this.#setup.limits;
    if (this.#message.frames > maxFragments) return { closeCode: 1008, code: 'ERR_SOKKER_TOO_MANY_FRAGMENTS' };
    return null;
  }

  #judgeSecond(first: number, second: number, header: Header): Violation | null {
    const masked = second >= 0x80;
    const length = second & 0x7f;
    if (this.#setup.role === 'server' && !masked) return protocolError('MASK_MISSING');
    if (this.#setup.role === 'client' && masked) return protocolError('MASK_UNEXPECTED');
    const opcode = first & 15;
    if (opcode >= 8 && length > 125) return protocolError('CONTROL_TOO_LONG');
    if (opcode === 8 && length === 1) return protocolError('CLOSE_LENGTH');
    header.keyAt = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0);
    header.size = header.keyAt + (masked ? 4 : 0);
    if (length > 125) return null;
    header.length = length;
    return opcode >= 8 ? null : this.#judgeLength(BigInt(length), BigInt(length));
  }

  #judgeExtendedLength(header: Header): Violation | null {
    const field = header.bytes.slice(2);
    const missing = BigInt(header.keyAt - header.bytes.length) * 8n;
    const seen = field.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const least = seen << missing;
    const most = least + (1n << missing) - 1n;
    const wide = header.keyAt === 10;
    if (wide && least >= 1n << 63n) return protocolError('LENGTH_SIGN');
    if (most < (wide ? 65536n : 126n)) return protocolError('LENGTH_NOT_MINIMAL');
    if (missing === 0n) header.length = Number(least);
    return this.#judgeLength(least, most);
  }

  /** `least` and `most`: what the length can still be. */
  #judgeLength(least: bigint, most: bigint): Violation | null {
    const { maxMessageBytes = Infinity, maxFramePayloadBytes = maxMessageBytes } = this.#setup.limits;
    const gathered = this.#message?.bytes.length ?? 0;
    if (Number(least) > maxFramePayloadBytes) return tooBig('FRAME_TOO_BIG');
    if (Number(least) + gathered > maxMessageBytes) return tooBig('MESSAGE_TOO_BIG');
    const fin = (this.#header.bytes[0] ?? 0) >= 0x80;
    const cutShort = fin && BigInt(this.#message?.utf8?.missing ?? 0) > most;
    return cutShort ? INVALID_UTF8 : null;
  }

  #judgePayload(byte: number): Violation | null {
    const [first = 0] = this.#header.bytes;
    const remaining = (this.#header.length ?? 0) - this.#payload.length;
    if ((first & 15) === 8) return this.#judgeClose(byte, remaining);
    if ((first & 15) > 8) return null;
    const utf8 = this.#message?.utf8;
    this.#message?.bytes.push(byte);
    if (utf8 === null || utf8 === undefined) return null;
    if (!utf8.take(byte)) return INVALID_UTF8;
    return first >= 0x80 && utf8.missing > remaining ? INVALID_UTF8 : null;
  }

  #judgeClose(byte: number, remaining: number): Violation | null {
    const [high = 0, low] = this.#payload;
    if (this.#payload.length <= 2) {
      const least = high * 256 + (low ?? 0);
      const most = high * 256 + (low ?? 255);
      if (!VALID_CLOSE_CODES.some(([from, to]) => from <= most && to >= least)) return protocolError('CLOSE_CODE');
      this.#reason = new Utf8();
      return null;
    }
    const reason = this.#reason ?? new Utf8();
    return reason.take(byte) && reason.missing <= remaining ? null : INVALID_UTF8;
  }

  #endFrame(): Violation | null {
    const [first = 0] = this.#header.bytes;
    const payload = Buffer.from(this.#payload);
    this.#header = newHeader();
    this.#payload = [];
    const opcode = first & 15;
    if (opcode === 8) return this.#endClose(payload);
    if (opcode > 8) this.events.push({ type: opcode === 9 ? 'ping' : 'pong', hex: hexOf(payload) });
    else if (first >= 0x80) return this.#endMessage();
    return null;
  }

  #endClose(payload: Buffer): null {
    const code = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
    this.events.push({ type: 'close', code, reason: payload.toString('utf8', 2) });
    this.closed = true;
    return null;
  }

  #endMessage(): null {
    const message = this.#message;
    if (message === null) throw new Error('no message is open');
    this.#message = null;
    const data = message.compressed ? inflated(Buffer.from(message.bytes)) : Buffer.from(message.bytes);
    this.events.push({ type: message.opcode === 1 ? 'text' : 'binary', hex: hexOf(data) });
    return null;
  }
}

/** RFC 6455 §7.4.1 and §7.4.2, with 1012 to 1014 from the registry that §11.7 opens. */
const VALID_CLOSE_CODES: readonly (readonly [number, number])[] = [
  [1000, 1003],
  [1007, 1014],
  [3000, 4999],
];

function newHeader(): Header {
  return { bytes: [], length: null, keyAt: 2, size: 2 };
}

function inflated(data: Buffer): Buffer {
  const tail = Buffer.from('0000ffff', 'hex');
  return inflateRawSync(Buffer.concat([data, tail]), { finishFlush: constants.Z_SYNC_FLUSH });
}
