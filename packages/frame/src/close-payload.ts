import { CloseCode, isCloseCode, isCloseCodeStart } from './close-code.js';
import { UsageError, violation } from './errors.js';
import { shown } from './shown.js';
import { Utf8Validator } from './utf8.js';
import type { ViolationCode } from './violations.js';

/** Longest reason: a control frame's 125 bytes less the code's two (RFC 6455 §5.5). */
export const MAX_REASON_BYTES = 123;

/** What a Close frame says (RFC 6455 §5.5.1). */
export interface ClosePayload {
  /** 1005 when the frame carried none. */
  readonly code: number;
  readonly reason: string;
}

/** Judges the payload of a Close frame, or as much of it as has arrived: its length, its code, its reason's UTF-8. */
export function checkClose(payload: Uint8Array, payloadBytes: number): ViolationCode | undefined {
  if (payloadBytes === 1) return 'ERR_SOKKER_CLOSE_LENGTH';
  const [high, low] = payload;
  if (high === undefined) return undefined;
  if (low === undefined) return isCloseCodeStart(high) ? undefined : 'ERR_SOKKER_CLOSE_CODE';
  if (!isCloseCode((high << 8) | low)) return 'ERR_SOKKER_CLOSE_CODE';
  const utf8 = new Utf8Validator();
  const sound = utf8.push(payload, 2) && utf8.missing <= payloadBytes - payload.length;
  return sound ? undefined : 'ERR_SOKKER_INVALID_UTF8';
}

/**
 * Reads the payload of a Close frame.
 * @throws ProtocolError `ERR_SOKKER_CLOSE_LENGTH`, `ERR_SOKKER_CLOSE_CODE` (1002), `ERR_SOKKER_INVALID_UTF8` (1007)
 */
export function parseClose(payload: Buffer): ClosePayload {
  const broken = checkClose(payload, payload.length);
  if (broken !== undefined) throw violation(broken);
  if (payload.length === 0) return { code: CloseCode.noStatus, reason: '' };
  return { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
}

/**
 * Makes the payload of a Close frame; without a code it is empty.
 * @param code 1000 to 1003, 1007 to 1014, 3000 to 4999 (RFC 6455 §7.4)
 * @param reason at most 123 bytes as UTF-8; lone surrogates become U+FFFD
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function encodeClose(code?: number, reason = ''): Buffer {
  if (code === undefined) {
    if (reason !== '') throw new UsageError('ERR_SOKKER_ARGUMENT', 'a close reason needs a close code before it');
    return Buffer.alloc(0);
  }
  if (!isCloseCode(code)) {
    const allowed = '1000-1003, 1007-1014 or 3000-4999';
    throw new UsageError('ERR_SOKKER_ARGUMENT', `close code must be ${allowed}, not ${shown(code)} (RFC 6455 §7.4)`);
  }
  if (typeof reason !== 'string') throw new UsageError('ERR_SOKKER_ARGUMENT', 'a close reason must be a string');
  const text = Buffer.from(reason, 'utf8');
  if (text.length > MAX_REASON_BYTES) {
    const rule = `a close reason may take ${MAX_REASON_BYTES} bytes as UTF-8, not ${text.length} (RFC 6455 §5.5)`;
    throw new UsageError('ERR_SOKKER_ARGUMENT', rule);
  }
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2);
  return payload;
}
