import { ConnectionError } from '@sokker/connection';
import { LimitError } from '@sokker/frame';
import { HandshakeError } from '@sokker/handshake';
import { CLOSURES, FAULTS, VIOLATIONS, type ClosureCode, type FaultCode, type ViolationCode } from './violations.js';

/** The server could not do what was asked; the message says what to do about it. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: FaultCode;

  constructor(code: FaultCode, subject = '', options?: ErrorOptions) {
    super(`${subject} ${FAULTS[code].text}`.trim(), options);
    this.code = code;
  }
}

/** The refusal of an opening handshake by a rule of this server. */
export function violation(
  code: ViolationCode,
  detail?: string,
  headers?: readonly string[],
): HandshakeError<ViolationCode> {
  return new HandshakeError(code, { ...VIOLATIONS[code], ...(headers && { headers }) }, { detail });
}

/** A bound of this server that a connection crossed. */
export function limitError(code: ClosureCode, limit: number, actual: number): LimitError<ClosureCode> {
  return new LimitError(code, CLOSURES[code], limit, actual);
}

/** So much waits for the peer that this is not sent. */
export function tooSlow(): ConnectionError {
  return new ConnectionError('ERR_SOKKER_TOO_SLOW');
}
