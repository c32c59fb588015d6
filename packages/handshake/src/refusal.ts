import { HandshakeError } from './errors.js';
import { STREAM_VERSIONS, type ResponseHead } from './message-head.js';
import { checkOptions, optionError, REFUSE_OPTIONS } from './options.js';
import { checkedHeaders, RESPONSE_HEADERS, type HeadersInput } from './output-headers.js';
import { statusText } from './status-text.js';
import { VIOLATIONS } from './violations.js';

/** An answer that is no WebSocket. Over HTTP/1.1 the connection ends after it. */
export interface Refusal extends ResponseHead {
  readonly type: 'refusal';
  readonly body: Buffer;
  /** Why: the rule that was broken, or `ERR_SOKKER_REFUSED` with the application's status. */
  readonly error: HandshakeError;
}

/** An application's no. */
export interface RefuseOptions {
  /** 300 to 599; default 403. */
  readonly status?: number;
  /** Such as Location, Retry-After, WWW-Authenticate. */
  readonly headers?: HeadersInput;
  /** A string is sent as text/plain in UTF-8, unless `headers` has a Content-Type; copied. */
  readonly body?: string | Uint8Array;
}

/** What of the request shapes the answer: an offer is one, and so is the request itself. */
export interface RefusedRequest {
  readonly method?: string | undefined;
  readonly httpVersion?: string | undefined;
}

const EMPTY = Buffer.alloc(0);
const UPGRADE = ['Upgrade', 'websocket'];
const NOT_MODIFIED = 304;

/**
 * Makes the refusal for an error of this package, or for the application's own reasons.
 * @throws UsageError `ERR_SOKKER_OPTION` for a status, header or body that may not be sent
 */
export function refuse(reason: HandshakeError | RefuseOptions, request: RefusedRequest = {}): Refusal {
  return reason instanceof HandshakeError ? refuseFor(reason, request) : refuseWith(reason, request);
}

function refuseFor(error: HandshakeError, request: RefusedRequest): Refusal {
  const body = Buffer.from(`${error.message}\n`);
  const headers = [...error.headers, ...TEXT];
  return refusal({ status: error.status ?? 400, headers, body, error }, request);
}

const TEXT = ['Content-Type', 'text/plain; charset=utf-8'];

function refuseWith(options: RefuseOptions, request: RefusedRequest): Refusal {
  checkOptions('refuse', REFUSE_OPTIONS, options);
  const { status = REFUSE_OPTIONS.status.default, body = '' } = options;
  if (status === NOT_MODIFIED && body.length > 0) throw optionError('refuse: body', 'may not follow status 304');
  const headers = checkedHeaders(options.headers, RESPONSE_HEADERS);
  if (typeof body === 'string' && body !== '' && !has(headers, 'content-type')) headers.push(...TEXT);
  // RFC 9110 §15.5.22: a 426 says what to upgrade to.
  if (status === 426) headers.push(...UPGRADE);
  const violation = { ...VIOLATIONS.ERR_SOKKER_REFUSED, status };
  const error = new HandshakeError('ERR_SOKKER_REFUSED', violation, { detail: `status ${status}` });
  return refusal({ status, headers, body: Buffer.from(body), error }, request);
}

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly error: HandshakeError;
}

function refusal({ status, headers, body, error }: Answer, { httpVersion = '1.1', method }: RefusedRequest): Refusal {
  const sent = method === 'HEAD' ? EMPTY : body;
  const framing = status === NOT_MODIFIED ? [] : ['Content-Length', String(sent.length)];
  const hasConnections = !STREAM_VERSIONS.includes(httpVersion);
  const rawHeaders = hasConnections
    ? [...headers, ...framing, 'Connection', has(headers, 'upgrade') ? 'close, Upgrade' : 'close']
    : withoutUpgrade([...headers, ...framing]);
  return {
    type: 'refusal',
    // Our answer is HTTP/1.1 even to 1.0: it says which version we speak (RFC 9112 §2.3).
    httpVersion: hasConnections ? '1.1' : httpVersion,
    status,
    reason: statusText(status),
    rawHeaders,
    body: sent,
    error,
  };
}

/** @param wanted in lower case */
function has(headers: readonly string[], wanted: string): boolean {
  return headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
}

/** RFC 9113 §8.2.2: HTTP/2 has no Upgrade, not even with 426; §8.2.1: names are in lower case. */
function withoutUpgrade(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase();
    if (name !== 'upgrade') kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}
