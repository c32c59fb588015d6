import { VIOLATIONS, type UsageCode, type Violation, type ViolationCode } from './violations.js';

/** Which endpoint we are, RFC 6455 §2. */
export type Role = 'client' | 'server';

export interface HandshakeErrorDetails {
  /** Who judged; default `server`. A client's error has no status. */
  readonly role?: Role;
  /** What was seen, ready to print: bounds and counts, never a peer's bytes as they came. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The peer's part of the opening handshake breaks a rule. An extension throws it too, with a code and a violation of
 * its own.
 */
export class HandshakeError<Code extends string = string> extends Error {
  override readonly name = 'HandshakeError';
  readonly code: Code;
  /** Where the rule stands, such as `RFC 6455 §4.2.1`. */
  readonly section: string;
  /** The HTTP status that answers it; undefined where a client judged. */
  readonly status: number | undefined;
  /** Headers that the answer must carry: name, value, name, value … */
  readonly headers: readonly string[];

  constructor(code: Code, violation: Violation, details: HandshakeErrorDetails = {}) {
    const { role = 'server', detail, cause } = details;
    const text = detail === undefined ? violation.text : `${violation.text}: ${detail}`;
    super(`${text} (${violation.section})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.section = violation.section;
    this.status = role === 'server' ? violation.status : undefined;
    this.headers = violation.headers ?? [];
  }
}

/** Your call was wrong; thrown at once, nothing was sent. */
export class UsageError extends TypeError {
  override readonly name = 'UsageError';
  readonly code: UsageCode;

  constructor(code: UsageCode, message: string) {
    super(message);
    this.code = code;
  }

  /**
   * Also of the class of this name in @sokker/frame: packages that share nothing have one each, and who asks whether a call
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

export function violation(code: ViolationCode, details?: HandshakeErrorDetails): HandshakeError<ViolationCode> {
  return new HandshakeError(code, VIOLATIONS[code], details);
}

const MAX_SHOWN = 128;

/** A peer's string as it may stand in a message or log: printable ASCII, the rest escaped, cut to 128 characters. */
export function printable(text: string): string {
  let shown = '';
  for (let index = 0; index < text.length; index++) {
    if (index === MAX_SHOWN) return `${shown}…`;
    const code = text.charCodeAt(index);
    shown += code >= 0x20 && code <= 0x7e ? text.charAt(index) : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return shown;
}
