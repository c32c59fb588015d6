/* The client's second step: is the response the answer to our request (RFC 6455 §4.1, the six checks)? */
import { acceptKey } from './accept-key.js';
import type { ClientRequest } from './client-request.js';
import { violation } from './errors.js';
import { parseExtensions } from './extension-header.js';
import { listNames, trimSpace } from './field-list.js';
import { judgeFields, type HeaderFields, type HeaderLimits } from './header-fields.js';
import { STREAM_VERSIONS, type ResponseHead } from './message-head.js';
import { confirmExtensions, type AgreedExtension } from './negotiation.js';
import { checkOptions, HEAD_OPTIONS } from './options.js';
import type { HeadOptions } from './upgrade-policy.js';
import type { ViolationCode } from './violations.js';

/** The WebSocket is open. */
export interface Agreement<Session = unknown> {
  readonly type: 'agreement';
  readonly subprotocol: string | undefined;
  /** In the order of the response, which is that of their work on a message to be sent (RFC 6455 §9.1). */
  readonly extensions: readonly AgreedExtension<Session>[];
  readonly headers: HeaderFields;
}

/** The server answered in HTTP: a redirect, 401, 503 … A body may follow in the stream. */
export interface Declined {
  readonly type: 'declined';
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
}

/**
 * Judges the response to a request.
 * @returns the agreement; or what the server said where its status is not 101, nor 2xx over HTTP/2 (RFC 8441 §5)
 * @throws HandshakeError without status: the connection must be dropped, no Close frame is sent (RFC 6455 §7.1.7)
 */
export function verifyResponse<Session = unknown>(
  request: ClientRequest<Session>,
  response: ResponseHead,
  limits: HeadOptions = {},
): Agreement<Session> | Declined {
  const { status, reason, httpVersion } = response;
  const headers = judgeFields(response.rawHeaders, settle(limits), STATUS_LINE_BYTES + reason.length, 'client');
  const { key } = request;
  const opens = key === undefined ? status >= 200 && status < 300 : status === 101;
  if (!opens) return { type: 'declined', status, reason, headers };
  const code = key === undefined ? connectFault(httpVersion) : switchingFault(headers, httpVersion, key);
  if (code !== undefined) throw violation(code, { role: 'client' });
  return {
    type: 'agreement',
    subprotocol: agreedSubprotocol(headers, request.subprotocols),
    extensions: agreedExtensions(headers, request),
    headers,
  };
}

/** "HTTP/1.1 101 " */
const STATUS_LINE_BYTES = 13;

function settle(limits: HeadOptions): HeaderLimits {
  checkOptions('verifyResponse', HEAD_OPTIONS, limits);
  const { maxHeadBytes = HEAD_OPTIONS.maxHeadBytes.default, maxHeaders = HEAD_OPTIONS.maxHeaders.default } = limits;
  return { maxHeadBytes, maxHeaders };
}

/** Of what a 101 says, Sec-WebSocket-Accept included, none has a place over HTTP/2 (RFC 8441 §5): it is passed over. */
function connectFault(httpVersion: string): ViolationCode | undefined {
  return STREAM_VERSIONS.includes(httpVersion) ? undefined : 'ERR_SOKKER_RESPONSE_VERSION';
}

function switchingFault(headers: HeaderFields, httpVersion: string, key: string): ViolationCode | undefined {
  if (httpVersion !== '1.1') return 'ERR_SOKKER_RESPONSE_VERSION';
  if (trimSpace(headers.only('upgrade') ?? '').toLowerCase() !== 'websocket') return 'ERR_SOKKER_RESPONSE_UPGRADE';
  if (!listNames(headers.all('connection'), 'upgrade', 'client')) return 'ERR_SOKKER_RESPONSE_CONNECTION';
  // RFC 9110 §8.6 and RFC 9112 §6.1 forbid both in a 1xx; a proxy that reads them reads our frames as a body.
  if (headers.has('content-length') || headers.has('transfer-encoding')) return 'ERR_SOKKER_RESPONSE_BODY';
  // RFC 6455 §11.3.3: once.
  if (trimSpace(headers.only('sec-websocket-accept') ?? '') !== acceptKey(key)) return 'ERR_SOKKER_ACCEPT';
  return undefined;
}

/** RFC 6455 §11.3.4: once at most. A server that chooses none sends no header; the empty value is not legal (§4.2.2). */
function agreedSubprotocol(headers: HeaderFields, asked: readonly string[]): string | undefined {
  if (!headers.has('sec-websocket-protocol')) return undefined;
  const chosen = trimSpace(headers.only('sec-websocket-protocol') ?? '');
  if (!asked.includes(chosen)) throw violation('ERR_SOKKER_RESPONSE_SUBPROTOCOL', { role: 'client' });
  return chosen;
}

function agreedExtensions<Session>(
  headers: HeaderFields,
  request: ClientRequest<Session>,
): readonly AgreedExtension<Session>[] {
  const lines = headers.all('sec-websocket-extensions');
  if (lines.length === 0) return [];
  if (lines.length > 1) throw violation('ERR_SOKKER_EXTENSIONS_REPEATED', { role: 'client' });
  return confirmExtensions(parseExtensions(lines, 'client'), request.extensions);
}
