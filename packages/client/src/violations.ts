/** Why no WebSocket came about, or none will again, or this one ended. */
export interface Violation {
  readonly closeCode?: number;
  readonly section?: string;
  readonly text: string;
}

/** What a client can meet beside the rules of the handshake itself. docs/errors.md is printed from this table. */
export const VIOLATIONS = {
  ERR_SOKKER_UNREACHABLE: { text: 'no connection to the server came about' },
  ERR_SOKKER_TLS: { text: 'no secure connection to the server came about' },
  ERR_SOKKER_CONNECT_TIMEOUT: { text: 'finding the address, or connecting to it, took longer than connectTimeoutMs' },
  ERR_SOKKER_TLS_TIMEOUT: { text: 'the TLS handshake took longer than tlsTimeoutMs' },
  ERR_SOKKER_HANDSHAKE_TIMEOUT: { text: 'the response took longer than handshakeTimeoutMs' },
  ERR_SOKKER_NO_EXTENDED_CONNECT: { section: 'RFC 8441 §3', text: 'the server opens no WebSockets over HTTP/2' },
  ERR_SOKKER_DECLINED: { section: 'RFC 6455 §4.1', text: 'the server answered with a status that opens no WebSocket' },
  ERR_SOKKER_REDIRECT: { section: 'RFC 6455 §4.1', text: 'the server redirected to where we do not go' },
  ERR_SOKKER_EXTENSIONS_AGREED: { section: 'RFC 6455 §9.1', text: 'the server agreed to more than one extension' },
  ERR_SOKKER_RENEW: { text: 'renew failed, so there was nothing to make the attempt with' },
  ERR_SOKKER_FINAL_CLOSE: { text: 'the server closed with a code that says not to come back' },
} as const satisfies Readonly<Record<string, Violation>>;

export type ViolationCode = keyof typeof VIOLATIONS;
