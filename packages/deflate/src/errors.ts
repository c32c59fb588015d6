import { LimitError, ProtocolError } from '@sokker/frame';
import { HandshakeError } from '@sokker/handshake';
import { LIMITS, RESPONSES, VIOLATIONS, type LimitCode, type ResponseCode, type ViolationCode } from './violations.js';

export function violation(code: ViolationCode, cause?: unknown): ProtocolError<ViolationCode> {
  return new ProtocolError(code, VIOLATIONS[code], cause === undefined ? undefined : { cause });
}

export function ratioExceeded(limit: number, actual: number): LimitError<LimitCode> {
  return new LimitError('ERR_SOKKER_DEFLATE_RATIO', LIMITS.ERR_SOKKER_DEFLATE_RATIO, limit, actual);
}

export function badResponse(code: ResponseCode, detail: string): HandshakeError<ResponseCode> {
  return new HandshakeError(code, RESPONSES[code], { role: 'client', detail });
}
