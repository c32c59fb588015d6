/** What a broken rule means: the status that answers it where a server saw it, where the rule stands, one sentence. */
export interface Violation {
  /** Absent on rules that only a client judges: nobody answers a response. */
  readonly status?: number;
  /** What the answer must carry: name, value, name, value … */
  readonly headers?: readonly string[];
  readonly section: string;
  readonly text: string;
}

const UPGRADE = ['Upgrade', 'websocket'] as const;

/** Rules a peer can break. docs/errors.md is printed from this table; it is the only source of codes and sentences. */
export const VIOLATIONS = {
  // The bytes of a head, either role.
  ERR_SOKKER_START_LINE: { status: 400, section: 'RFC 9112 §3', text: 'the first line is not that of an HTTP message' },
  ERR_SOKKER_LINE_ENDING: { status: 400, section: 'RFC 9112 §2.2', text: 'a line of the head does not end in CR LF' },
  ERR_SOKKER_HEADER_NAME: {
    status: 400,
    section: 'RFC 9112 §5.1',
    text: 'a header name is not a token before a colon',
  },
  ERR_SOKKER_HEADER_VALUE: { status: 400, section: 'RFC 9110 §5.5', text: 'a header value has a control character' },
  ERR_SOKKER_HEADER_FOLDED: { status: 400, section: 'RFC 9112 §5.2', text: 'a header is folded over several lines' },
  ERR_SOKKER_HEAD_TOO_BIG: { status: 431, section: 'RFC 6585 §5', text: 'the head is longer than allowed' },
  ERR_SOKKER_TOO_MANY_HEADERS: { status: 431, section: 'RFC 6585 §5', text: 'the head has more headers than allowed' },
  ERR_SOKKER_TARGET_TOO_LONG: {
    status: 414,
    section: 'RFC 9112 §3',
    text: 'the request target is longer than allowed',
  },
  ERR_SOKKER_HEAD_TRUNCATED: { status: 400, section: 'RFC 9112 §8', text: 'the stream ended within the head' },
  ERR_SOKKER_HEAD_TIMEOUT: { status: 408, section: 'RFC 9110 §15.5.9', text: 'the head did not arrive in time' },
  ERR_SOKKER_HTTP_VERSION: { status: 505, section: 'RFC 6455 §4.2.1', text: 'the HTTP version is not 1.1' },
  ERR_SOKKER_TOO_MANY_INTERIM: { section: 'RFC 9110 §15.2', text: 'more than 16 interim (1xx) responses came first' },

  // The request, HTTP/1.1.
  ERR_SOKKER_METHOD: {
    status: 405,
    headers: ['Allow', 'GET'],
    section: 'RFC 6455 §4.2.1',
    text: 'the method is not GET',
  },
  ERR_SOKKER_TARGET: {
    status: 400,
    section: 'RFC 6455 §4.2.1',
    text: 'the request target is not a path or an http URI',
  },
  ERR_SOKKER_HOST: { status: 400, section: 'RFC 9112 §3.2', text: 'there is not exactly one valid Host' },
  ERR_SOKKER_HOST_UNKNOWN: { status: 421, section: 'RFC 9110 §15.5.20', text: 'this host is not served here' },
  ERR_SOKKER_FORWARDED: {
    status: 400,
    section: 'RFC 7239 §5',
    text: 'what the proxy says of host or scheme is malformed',
  },
  ERR_SOKKER_BODY: { status: 400, section: 'RFC 9112 §6', text: 'an upgrade request has no body' },
  ERR_SOKKER_EXPECTATION: { status: 417, section: 'RFC 9110 §10.1.1', text: 'an upgrade request expects nothing' },
  ERR_SOKKER_UPGRADE: {
    status: 426,
    headers: UPGRADE,
    section: 'RFC 6455 §4.2.1',
    text: 'Upgrade does not name websocket',
  },
  ERR_SOKKER_CONNECTION: {
    status: 426,
    headers: UPGRADE,
    section: 'RFC 6455 §4.2.1',
    text: 'Connection does not name upgrade',
  },
  ERR_SOKKER_VERSION: {
    status: 426,
    headers: [...UPGRADE, 'Sec-WebSocket-Version', '13'],
    section: 'RFC 6455 §4.4',
    text: 'Sec-WebSocket-Version is not 13, once',
  },
  ERR_SOKKER_KEY: {
    status: 400,
    section: 'RFC 6455 §4.2.1',
    text: 'Sec-WebSocket-Key is not 16 bytes in base64, once',
  },
  ERR_SOKKER_ORIGIN: { status: 403, section: 'RFC 6455 §10.2', text: 'the origin is not allowed' },
  ERR_SOKKER_ORIGIN_REPEATED: { status: 403, section: 'RFC 6454 §7.3', text: 'there is more than one Origin' },

  // Lists, either role.
  ERR_SOKKER_LIST: { status: 400, section: 'RFC 9110 §5.6.1', text: 'a list in a header is too long' },
  ERR_SOKKER_SUBPROTOCOLS: {
    status: 400,
    section: 'RFC 6455 §4.1',
    text: 'Sec-WebSocket-Protocol is not a list of unique tokens',
  },
  ERR_SOKKER_EXTENSIONS: {
    status: 400,
    section: 'RFC 6455 §9.1',
    text: 'Sec-WebSocket-Extensions does not follow its grammar',
  },

  // The request, extended CONNECT of HTTP/2 and HTTP/3.
  ERR_SOKKER_PSEUDO_HEADER: {
    status: 400,
    section: 'RFC 8441 §4',
    text: 'the pseudo-headers are not those of an extended CONNECT',
  },
  ERR_SOKKER_CONNECTION_HEADER: {
    status: 400,
    section: 'RFC 9113 §8.2.2',
    text: 'a header belongs to HTTP/1.1 connections alone',
  },
  ERR_SOKKER_PROTOCOL: { status: 501, section: 'RFC 9220 §3', text: ':protocol is not websocket' },

  // The application said no; `status` is what it chose.
  ERR_SOKKER_REFUSED: { status: 403, section: 'RFC 6455 §4.2.2', text: 'the application refused the request' },

  // The response, judged by a client.
  ERR_SOKKER_STATUS_LINE: { section: 'RFC 9112 §4', text: 'the first line is not that of an HTTP response' },
  ERR_SOKKER_RESPONSE_VERSION: {
    section: 'RFC 6455 §4.1',
    text: 'the response is of another HTTP version than the request',
  },
  ERR_SOKKER_RESPONSE_UPGRADE: { section: 'RFC 6455 §4.1', text: 'Upgrade of the response is not websocket, once' },
  ERR_SOKKER_RESPONSE_CONNECTION: { section: 'RFC 6455 §4.1', text: 'Connection of the response lacks upgrade' },
  ERR_SOKKER_RESPONSE_BODY: { section: 'RFC 9112 §6', text: 'a switching response has no body' },
  ERR_SOKKER_ACCEPT: { section: 'RFC 6455 §4.1', text: 'Sec-WebSocket-Accept does not answer our key, once' },
  ERR_SOKKER_RESPONSE_SUBPROTOCOL: {
    section: 'RFC 6455 §4.1',
    text: 'the subprotocol of the response is not one that was asked for',
  },
  ERR_SOKKER_EXTENSIONS_REPEATED: {
    section: 'RFC 6455 §11.3.2',
    text: 'Sec-WebSocket-Extensions stands twice in the response',
  },
  ERR_SOKKER_EXTENSION_UNASKED: { section: 'RFC 6455 §4.1', text: 'the response names an extension not asked for' },
  ERR_SOKKER_EXTENSION_TWICE: { section: 'RFC 6455 §9.1', text: 'the response names an extension twice' },
  ERR_SOKKER_EXTENSION_PARAMETERS: {
    section: 'RFC 6455 §9.1',
    text: 'the response gives an extension parameters that were not asked for',
  },
} as const satisfies Readonly<Record<string, Violation>>;

export type ViolationCode = keyof typeof VIOLATIONS;

/** Calls that are wrong; no peer is involved. */
export const USAGE = {
  ERR_SOKKER_OPTION: { text: 'an option is unknown or its value is not accepted' },
  ERR_SOKKER_ARGUMENT: { text: 'a value handed to a function is not accepted' },
} as const;

export type UsageCode = keyof typeof USAGE;
