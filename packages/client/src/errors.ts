import type { CloseRecord } from '@sokker/connection';
import { HandshakeError, VIOLATIONS as HANDSHAKE_VIOLATIONS, type Declined } from '@sokker/handshake';
import { VIOLATIONS, type Violation, type ViolationCode } from './violations.js';

/** The code of an error, where it is one that may stand in a message: an agent or a `dial` may put there what it likes. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : undefined;
}

export interface ConnectErrorDetails {
  /** What was seen, ready to print. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
  /** What the server answered instead, and as much of the body as was read. */
  readonly declined?: Declined;
  readonly body?: Buffer;
  /** How the last connection ended. */
  readonly record?: CloseRecord;
}

/** No WebSocket came about. A server that broke a rule of the handshake is told by HandshakeError instead. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: ViolationCode;
  readonly section: string | undefined;
  /** The HTTP status of a server that declined. */
  readonly status: number | undefined;
  /** Its headers. They are the peer's word: escape them before they are shown or logged. */
  readonly headers: Declined['headers'] | undefined;
  /** Its body, at most `maxBodyBytes` of it. */
  readonly body: Buffer | undefined;
  /** How the last connection ended, where that is why no other follows. */
  readonly record: CloseRecord | undefined;

  constructor(code: ViolationCode, details: ConnectErrorDetails = {}) {
    const { detail, cause, declined, body, record } = details;
    const { section, text }: Violation = VIOLATIONS[code];
    const said = detail === undefined ? text : `${text}: ${detail}`;
    super(section === undefined ? said : `${said} (${section})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.section = section;
    this.status = declined?.status;
    this.headers = declined?.headers;
    this.body = body;
    this.record = record;
  }
}

/** The server broke a rule of the handshake, as whoever read its answer for us saw. */
export function handshakeFault(code: keyof typeof HANDSHAKE_VIOLATIONS, cause?: Error): HandshakeError {
  return new HandshakeError(code, HANDSHAKE_VIOLATIONS[code], { role: 'client', cause });
}
