/* The client's first step: the request (RFC 6455 §4.1), or over HTTP/2 an extended CONNECT (RFC 8441 §5). */
import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import { UsageError } from './errors.js';
import { lowerCased, type RequestHead } from './message-head.js';
import { checkExtensions, offerExtensions, type Extension } from './negotiation.js';
import { checkOptions, CLIENT_REQUEST_OPTIONS, optionError } from './options.js';
import { checkedHeaders, REQUEST_HEADERS, type HeadersInput } from './output-headers.js';
import { checkSubprotocols } from './subprotocol.js';

export interface ClientRequestOptions<Session = unknown> {
  /** Unique tokens, most wanted first; default: none. */
  readonly subprotocols?: readonly string[];
  /** Default: none. */
  readonly extensions?: readonly Extension<Session>[];
  /** More headers, such as Origin, Cookie, Authorization. Those of the handshake itself are refused. */
  readonly headers?: HeadersInput;
  /** Source of the key; default `randomBytes` of node:crypto. */
  readonly randomBytes?: (size: number) => Uint8Array;
  /** `'2.0'` for an extended CONNECT: its `rawHeaders` are then for node:http2 to send; default `'1.1'`. */
  readonly httpVersion?: '1.1' | '2.0';
}

/** A request for one attempt: each attempt, a redirect too, makes its own, and so has a key of its own. */
export interface ClientRequest<Session = unknown> extends RequestHead {
  /** Whether to speak TLS. */
  readonly secure: boolean;
  /** Where to connect: a name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** `Sec-WebSocket-Key`; undefined over HTTP/2, which has none (RFC 8441 §5). */
  readonly key: string | undefined;
  readonly subprotocols: readonly string[];
  /** Those that made an offer. */
  readonly extensions: readonly Extension<Session>[];
}

const KEY_BYTES = 16;

/**
 * Makes the opening handshake for a `ws:`, `wss:`, `http:` or `https:` URL. User information becomes Basic credentials
 * and shows nowhere else.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for the URL, `ERR_SOKKER_OPTION` for an option
 */
export function createRequest<Session = unknown>(
  url: string | URL,
  options: ClientRequestOptions<Session> = {},
): ClientRequest<Session> {
  checkOptions('createRequest', CLIENT_REQUEST_OPTIONS, options);
  const parsed = parseUrl(url);
  const secure = parsed.protocol === 'wss:' || parsed.protocol === 'https:';
  const subprotocols = [...(options.subprotocols ?? [])];
  checkSubprotocols('createRequest', subprotocols);
  const extensions = [...(options.extensions ?? [])];
  checkExtensions('createRequest', extensions);
  const { httpVersion = '1.1' } = options;
  const key = httpVersion === '1.1' ? makeKey(options.randomBytes ?? cryptoRandomBytes) : undefined;
  const target = parsed.pathname + parsed.search;
  const rawHeaders = ['Sec-WebSocket-Version', '13'];
  if (subprotocols.length > 0) rawHeaders.push('Sec-WebSocket-Protocol', subprotocols.join(', '));
  const { value, asked } = offerExtensions(extensions);
  if (asked.length > 0) rawHeaders.push('Sec-WebSocket-Extensions', value);
  rawHeaders.push(...addedHeaders(parsed, options.headers));
  // URL leaves out a default port, as RFC 6455 §4.1 (4) wants of Host.
  const { host } = parsed;
  return {
    method: key === undefined ? 'CONNECT' : 'GET',
    target,
    httpVersion,
    rawHeaders:
      key === undefined
        ? [...pseudoHeaders(secure, host, target), ...lowerCased(rawHeaders)]
        : ['Host', host, 'Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Key', key, ...rawHeaders],
    secure,
    hostname: parsed.hostname.startsWith('[') ? parsed.hostname.slice(1, -1) : parsed.hostname,
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
    key,
    subprotocols,
    extensions: asked,
  };
}

/** RFC 8441 §4: those of an extended CONNECT; its scheme is that of a page. */
function pseudoHeaders(secure: boolean, authority: string, path: string): string[] {
  const scheme = secure ? 'https' : 'http';
  const method = [':method', 'CONNECT', ':protocol', 'websocket'];
  return [...method, ':scheme', scheme, ':authority', authority, ':path', path];
}

const PROTOCOLS = ['ws:', 'wss:', 'http:', 'https:'];

/** What the URL holds stays out of the messages: it may have a password. */
function parseUrl(url: string | URL): URL {
  const text = String(url);
  // URL drops tabs and line ends without a word.
  if (hasControl(text)) throw urlError('has a control character');
  const parsed = absoluteUrl(text);
  if (!PROTOCOLS.includes(parsed.protocol)) throw urlError('is not of ws:, wss:, http: or https:');
  // RFC 6455 §3, and not even an empty one.
  if (parsed.href.includes('#')) throw urlError('has a fragment');
  return parsed;
}

/** Not through URL.canParse: in Node 20 and 22 it refuses every URL beyond ASCII once the call is optimised. */
function absoluteUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The error of Node shows the URL.
    throw urlError('is not an absolute URL');
  }
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true;
  return false;
}

function urlError(what: string): UsageError {
  return new UsageError('ERR_SOKKER_ARGUMENT', `the URL ${what}`);
}

function makeKey(randomBytes: (size: number) => Uint8Array): string {
  const bytes = randomBytes(KEY_BYTES);
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES) {
    throw optionError('createRequest: randomBytes', `must return ${KEY_BYTES} bytes`);
  }
  return Buffer.from(bytes).toString('base64');
}

function addedHeaders(url: URL, input: HeadersInput | undefined): string[] {
  const headers = checkedHeaders(input, REQUEST_HEADERS);
  if (url.username === '' && url.password === '') return headers;
  if (headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization')) {
    throw optionError('createRequest: headers', 'has Authorization, and the URL has credentials too');
  }
  return [...headers, 'Authorization', `Basic ${Buffer.from(credentials(url)).toString('base64')}`];
}

/** RFC 7617 §2: user-id ":" password, the user-id without a colon. */
function credentials({ username, password }: URL): string {
  try {
    const user = decodeURIComponent(username);
    if (!user.includes(':')) return `${user}:${decodeURIComponent(password)}`;
  } catch {
    throw urlError('has credentials that are not percent-encoded UTF-8');
  }
  throw urlError('has a user name with a colon');
}
