/** Rows of family H about responses (RFC 6455 §4.1; RFC 9112). */
import { KEY, requestHead, responseHead, type Changes, type Head } from './request.js';
import { encode } from './wire.js';

export interface ResponseRow {
  readonly name: string;
  readonly why: string;
  readonly rfc?: string;
  readonly section?: string;
  readonly head?: Head;
  readonly changes?: Changes;
  readonly raw?: string;
  readonly after?: string;
  readonly ends?: boolean;
  readonly asked?: readonly string[];
  readonly opens?: boolean;
  readonly subprotocol?: string;
  readonly status?: number;
}

export function responses(): ResponseRow[] {
  return [...checks(), ...statuses(), ...subprotocolAnswers(), ...heads()];
}

function checks(): ResponseRow[] {
  type Check = readonly [name: string, changes: Changes, why: string, opens?: true];
  const rows: readonly Check[] = [
    ['plain', {}, 'The answer of RFC 6455 §1.3 opens the connection.', true],
    ['upgrade-mixed-case', { Upgrade: 'WebSocket' }, 'Upgrade is compared without regard to case.', true],
    ['upgrade-missing', { Upgrade: null }, 'Without Upgrade the connection fails.'],
    ['upgrade-longer', { Upgrade: 'websocket/13' }, 'websocket/13 is not websocket.'],
    ['upgrade-other', { Upgrade: 'h2c' }, 'The server switched to something else.'],
    ['connection-list', { Connection: 'keep-alive, Upgrade' }, 'Connection is a list.', true],
    ['connection-lower-case', { Connection: 'upgrade' }, 'Tokens are compared without regard to case.', true],
    ['connection-missing', { Connection: null }, 'Without Connection the connection fails.'],
    ['connection-other', { Connection: 'keep-alive' }, 'Connection must have the token upgrade.'],
    ['connection-longer', { Connection: 'notupgrade' }, 'A token that ends in upgrade is another token.'],
    [
      'accept-blanks',
      { 'Sec-WebSocket-Accept': '  s3pPLMBiTxaQ9kYGzzhZRbK+xOo= ' },
      'Blanks around the accept value mean nothing.',
      true,
    ],
    ['accept-missing', { 'Sec-WebSocket-Accept': null }, 'Without the accept value the connection fails.'],
    [
      'accept-wrong',
      { 'Sec-WebSocket-Accept': 'c3pPLMBiTxaQ9kYGzzhZRbK+xOo=' },
      'The accept value answers another key.',
    ],
    [
      'accept-other-case',
      { 'Sec-WebSocket-Accept': 'S3PPLMBITXAQ9KYGZZHZRBK+XOO=' },
      'The accept value is compared exactly.',
    ],
    ['accept-is-key', { 'Sec-WebSocket-Accept': KEY }, 'A server that echoes the key has not understood it.'],
    [
      'extension-not-offered',
      { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
      'An extension that was not offered fails the connection.',
    ],
  ];
  return [
    ...rows.map(([name, changes, why, opens = false]) => ({ name, changes, why, opens })),
    {
      name: 'accept-twice',
      section: '11.3.3',
      why: 'The accept value stands once.',
      changes: { 'Sec-WebSocket-Accept': ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='] },
    },
  ];
}

function statuses(): ResponseRow[] {
  return [200, 302, 400, 401, 403, 426, 503].map((status) => ({
    name: `status-${status}`,
    why: `Status ${status} does not open the connection, and the application learns it.`,
    raw: `HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`,
    status,
  }));
}

function subprotocolAnswers(): ResponseRow[] {
  const name = 'Sec-WebSocket-Protocol';
  const asked = ['chat', 'superchat'];
  return [
    {
      name: 'subprotocol',
      why: 'The server chose one that was asked for.',
      changes: { [name]: 'superchat' },
      asked,
      opens: true,
      subprotocol: 'superchat',
    },
    {
      name: 'subprotocol-none',
      why: 'The server may choose none: the connection opens (browsers, which follow the Fetch standard, fail).',
      asked,
      opens: true,
    },
    {
      name: 'subprotocol-not-asked',
      why: 'The server chose one though none was asked for.',
      changes: { [name]: 'chat' },
    },
    {
      name: 'subprotocol-other',
      why: 'The server chose one that was not asked for.',
      changes: { [name]: 'x-other' },
      asked,
    },
    { name: 'subprotocol-other-case', why: 'Names are case-sensitive.', changes: { [name]: 'Chat' }, asked },
    {
      name: 'subprotocol-twice',
      section: '11.3.4',
      why: 'The field must not stand twice in a response.',
      changes: { [name]: ['chat', 'chat'] },
      asked,
    },
    {
      name: 'subprotocol-list',
      section: '4.2.2',
      why: 'A server chooses one.',
      changes: { [name]: 'chat, superchat' },
      asked,
    },
    {
      name: 'subprotocol-empty',
      section: '4.2.2',
      why: 'An empty value is not the same as none.',
      changes: { [name]: '' },
      asked,
    },
  ];
}

function heads(): ResponseRow[] {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  const frame = encode({ opcode: 1, payload: 'Hello' }, 'client').toString('hex');
  return [
    { name: 'http-1.0', why: 'HTTP/1.0 knows no upgrade.', head: { start: 'HTTP/1.0 101 Switching Protocols' } },
    {
      name: 'no-reason-phrase',
      rfc: '9112',
      section: '4',
      why: 'The reason phrase may be empty.',
      head: { start: 'HTTP/1.1 101 ' },
      opens: true,
    },
    {
      name: 'content-length',
      rfc: '9112',
      section: '6',
      why: 'A switching response has no body.',
      changes: { 'Content-Length': '5' },
    },
    {
      name: 'chunked',
      rfc: '9112',
      section: '6',
      why: 'A switching response has no body.',
      changes: { 'Transfer-Encoding': 'chunked' },
    },
    {
      name: 'interim-one',
      rfc: '9110',
      section: '15.2',
      why: 'An interim response may come first.',
      raw: interim + responseHead(),
      opens: true,
    },
    {
      name: 'interim-early-hints',
      rfc: '8297',
      section: '2',
      why: 'Early hints may come first.',
      raw: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${responseHead()}`,
      opens: true,
    },
    {
      name: 'interim-thousand',
      rfc: '9110',
      section: '15.2',
      why: 'Interim responses without end are given up on.',
      raw: interim.repeat(1000) + responseHead(),
    },
    {
      name: 'head-too-long',
      section: '10.4',
      why: 'A head without end is given up on.',
      changes: { 'X-Long': 'i'.repeat(70000) },
    },
    {
      name: 'too-many-headers',
      section: '10.4',
      why: 'Headers without end are given up on.',
      head: { lines: Array.from({ length: 2001 }, (_, at) => `X-${at}: ${at}`) },
    },
    { name: 'nul-in-value', rfc: '9110', section: '5.5', why: 'NUL is in no value.', changes: { 'X-Nul': 'a\u0000b' } },
    {
      name: 'not-http',
      rfc: '9112',
      section: '4',
      why: 'What answers is no HTTP server.',
      raw: 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
    },
    {
      name: 'request-echoed',
      rfc: '9112',
      section: '4',
      why: 'An echo of the request is no response.',
      raw: requestHead(),
    },
    { name: 'frame-behind', why: 'A frame in the same segment reaches the decoder.', after: frame, opens: true },
    {
      name: 'ends-in-head',
      rfc: '9112',
      section: '8',
      why: 'The connection ends before the head does.',
      raw: responseHead().slice(0, 60),
      ends: true,
    },
    {
      name: 'ends-at-once',
      rfc: '9112',
      section: '8',
      why: 'The connection ends before anything came.',
      raw: '',
      ends: true,
    },
  ];
}
