/** Compressed messages as frames: most are those that RFC 7692 §7.2.3 prints, the rest come from zlib. */
import { constants, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { event } from './frame-fixture.js';
import { BINARY, CONTINUATION, TEXT, type WireFrame } from './wire.js';

export const HELLO = 'f248cdc9c90700';
/** "Hello" by reference to a "Hello" before it. */
export const HELLO_AGAIN = 'f200110000';
export const NO_TAKEOVER = '; server_no_context_takeover; client_no_context_takeover';
export const hello = event('text', 'Hello');

export const unhex = (hex: string): Buffer => Buffer.from(hex, 'hex');
export const text = (hex: string): WireFrame => ({ opcode: TEXT, rsv: 4, payload: unhex(hex) });
export const first = (hex: string): WireFrame => ({ ...text(hex), fin: false });
export const middle = (hex: string): WireFrame => ({ opcode: CONTINUATION, fin: false, payload: unhex(hex) });
export const last = (hex: string): WireFrame => ({ opcode: CONTINUATION, payload: unhex(hex) });

/** What RFC 7692 §7.2.1 makes of data: deflated, flushed, without the last four bytes. */
export function deflated(data: Buffer | string, options: ZlibOptions = {}): Buffer {
  const flushed = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return flushed.subarray(0, -4);
}

export const binary = (payload: Buffer): WireFrame => ({ opcode: BINARY, rsv: 4, payload });
export const PROSE =
  'The quick brown fox jumps over the lazy dog, and the lazy dog looks after the quick brown fox. '.repeat(8);
export const ZEROS = Buffer.alloc(65536);
export const TAIL = unhex('616263' + '0000ffff');
export const NOT_UTF8 = unhex('48656cff6c6f');
export const EURO = Buffer.from('€ and 🎉');
