import { CloseCode, isCloseCode } from './close-code.js';
import { LIMITS, VIOLATIONS, type LimitCode, type ViolationCode } from './violations.js';

export type UsageCode = 'ERR_SOKKER_OPTION' | 'ERR_SOKKER_ARGUMENT';

/** Your call was wrong; thrown at once, nothing was sent. */
export class UsageError extends TypeError {
  override readonly name = 'UsageError';
  readonly code: UsageCode;

  constructor(code: UsageCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /**
   * Also of the class of this name in @sokker/handshake: packages that share nothing have one each, and who asks whether a call
   * was wrong need not know which of them judged.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return super[Symbol.hasInstance](value) || (this === UsageError && isUsage(value));
  }
}

function isUsage(value: unknown): boolean {
  if (!(value instanceof TypeError) || value.name !== 'UsageError') return false;
  return String((value as Partial<UsageError>).code).startsWith('ERR_SOKKER_');
}

/** The peer broke a rule of the protocol; `closeCode` is the answer it gets (1002, 1007, or for extensions 1003, 1010). */
export class ProtocolError<Code extends string = ViolationCode> extends Error {
  override readonly name = 'ProtocolError';
  readonly code: Code;
  /** Where the rule stands, such as `RFC 6455 §5.2`. */
  readonly section: string;
  readonly closeCode: number;

  constructor(code: Code, violation: { closeCode: number; section: string; text: string }, options?: ErrorOptions) {
    super(`${violation.text} (${violation.section})`, options);
    this.code = code;
    this.section = violation.section;
    this.closeCode = violation.closeCode;
  }
}

/** The peer crossed one of our bounds: 1009 for bytes, 1008 for counts. */
export class LimitError<Code extends string = LimitCode> extends Error {
  override readonly name = 'LimitError';
  readonly code: Code;
  readonly section: string;
  readonly closeCode: number;
  /** The bound, in the unit that its option names. */
  readonly limit: number;
  /** What was declared or counted when the bound was crossed. */
  readonly actual: number;

  constructor(
    code: Code,
    violation: { closeCode: number; section: string; text: string },
    limit: number,
    actual: number,
  ) {
    super(`${violation.text}: ${actual} > ${limit} (${violation.section})`);
    this.code = code;
    this.section = violation.section;
    this.closeCode = violation.closeCode;
    this.limit = limit;
    this.actual = actual;
  }
}

export function violation(code: ViolationCode): ProtocolError {
  return new ProtocolError(code, VIOLATIONS[code]);
}

export function limitExceeded(code: LimitCode, limit: number, actual: number): LimitError {
  return new LimitError(code, LIMITS[code], limit, actual);
}

/**
 * The close code that answers an error (RFC 6455 §7.4.1): the error's own where it may stand on the wire, 1011 for
 * anything unforeseen, undefined where nothing may be sent because the peer is gone.
 */
export function closeCodeFor(error: unknown): number | undefined {
  if (!(error instanceof ProtocolError || error instanceof LimitError)) return CloseCode.internalError;
  const { closeCode } = error;
  if (closeCode === CloseCode.abnormal) return undefined;
  // Others make such errors from tables of their own.
  return isCloseCode(closeCode) ? closeCode : CloseCode.internalError;
}
