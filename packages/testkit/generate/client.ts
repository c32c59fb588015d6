/** Family H: the opening handshake, client side (RFC 6455 §3, §4.1). */
import type { ClientFixture, ClientRequestFixture, ClientResponseFixture, Family } from '../src/fixture.js';
import { rule } from './frame-fixture.js';
import { KEY, requestHead, responseHead, type Changes, type Head } from './request.js';
import { encode } from './wire.js';

export function clientFamily(): Family<ClientFixture> {
  const fixtures = [...requests().map(requestFixture), ...responses().map(responseFixture)];
  return { family: 'client', letter: 'H', title: 'Opening handshake, client', kind: 'client', fixtures };
}

interface RequestRow {
  readonly name: string;
  readonly why: string;
  readonly section?: string;
  readonly url?: string;
  readonly subprotocols?: readonly string[];
  readonly headers?: ClientRequestFixture['headers'];
  /** Absent: refused. */
  readonly target?: string;
  readonly fields?: Readonly<Record<string, string | null>>;
}

function requestFixture(row: RequestRow): ClientRequestFixture {
  const usual = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': null,
    origin: null,
  };
  return {
    id: `client/request/${row.name}`,
    role: 'client',
    act: 'request',
    url: row.url ?? 'ws://example.com/chat',
    subprotocols: row.subprotocols ?? [],
    headers: row.headers ?? [],
    expect: row.target === undefined ? null : { target: row.target, headers: { ...usual, ...row.fields } },
    rule: rule(row.section ?? '4.1'),
    why: row.why,
  };
}

function requests(): RequestRow[] {
  const urls: readonly (readonly [name: string, url: string, target: string, host: string, why: string])[] = [
    ['plain', 'ws://example.com/chat', '/chat', 'example.com', 'Path and host come from the URL.'],
    ['query', 'ws://example.com:8080/a?b=c&d', '/a?b=c&d', 'example.com:8080', 'Query and port belong to the request.'],
    ['default-port', 'ws://example.com:80/', '/', 'example.com', 'The default port is left out of Host.'],
    ['default-port-tls', 'wss://example.com:443/', '/', 'example.com', 'The default port of wss is left out of Host.'],
    ['other-scheme-port', 'wss://example.com:80/', '/', 'example.com:80', 'Port 80 is not the default of wss.'],
    ['ipv6', 'ws://[::1]:9000/', '/', '[::1]:9000', 'An IPv6 address keeps its brackets.'],
    ['no-path', 'ws://example.com', '/', 'example.com', 'An empty path is a slash.'],
    ['no-path-query', 'ws://example.com?x=1', '/?x=1', 'example.com', 'An empty path before a query is a slash.'],
    ['not-ascii', 'ws://example.com/grüße', '/gr%C3%BC%C3%9Fe', 'example.com', 'What is not ASCII is encoded.'],
    ['upper-case', 'WS://EXAMPLE.com/Chat', '/Chat', 'example.com', 'Scheme and host have no case, the path has.'],
  ];
  const refused: readonly (readonly [name: string, row: Partial<RequestRow>, why: string])[] = [
    ['fragment', { url: 'ws://example.com/#frag', section: '3' }, 'A URL with a fragment is refused.'],
    ['scheme', { url: 'ftp://example.com/', section: '3' }, 'Only WebSocket URLs can be dialled.'],
    ['subprotocol-twice', { subprotocols: ['chat', 'chat'] }, 'Subprotocols are unique.'],
    ['subprotocol-separator', { subprotocols: ['a,b'] }, 'A subprotocol is one token.'],
    ['subprotocol-empty', { subprotocols: [''] }, 'A subprotocol is not empty.'],
    ['subprotocol-line-break', { subprotocols: ['a\r\nX-Evil: 1'] }, 'A subprotocol cannot smuggle a header.'],
    ['header-line-break', { headers: [['X-A', 'b\r\nX-Evil: 1']] }, 'A header value cannot smuggle another header.'],
    ['header-nul', { headers: [['X-A', 'b\u0000']] }, 'NUL is in no value.'],
    [
      'header-wide',
      { headers: [['X-A', 'b\u010aX-Evil: 1']] },
      'A character whose low byte is a line feed is not sent as one.',
    ],
    ['header-name', { headers: [['X A', 'b']] }, 'A header name is one token.'],
    ...['Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Sec-WebSocket-Extensions', 'Connection', 'Upgrade'].map(
      (name) => {
        return [
          `header-${name.toLowerCase()}`,
          { headers: [[name, 'x']] },
          `${name} belongs to the handshake, not to the application.`,
        ] as const;
      },
    ),
  ];
  return [
    ...urls.map(([name, url, target, host, why]) => ({ name, url, target, why, section: '4.1', fields: { host } })),
    {
      name: 'subprotocols',
      why: 'Subprotocols are named in the order of preference.',
      subprotocols: ['chat', 'superchat'],
      target: '/chat',
      fields: { 'sec-websocket-protocol': 'chat, superchat' },
    },
    {
      name: 'headers',
      why: 'Header fields of the application are sent as they are.',
      headers: [
        ['X-Token', 'abc'],
        ['Origin', 'https://example.com'],
      ],
      target: '/chat',
      fields: { 'x-token': 'abc', origin: 'https://example.com' },
    },
    ...refused.map(([name, row, why]) => ({ name: `refused-${name}`, why, ...row })),
  ];
}

interface ResponseRow {
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

function responseFixture(row: ResponseRow): ClientResponseFixture {
  const { opens = false, after = '', asked = [], status = null, subprotocol = null, section = '4.1' } = row;
  return {
    id: `client/response/${row.name}`,
    role: 'client',
    act: 'response',
    key: KEY,
    subprotocols: asked,
    response: row.raw ?? responseHead({ changes: row.changes ?? {}, ...row.head }),
    after,
    ends: row.ends ?? false,
    expect: { opens, subprotocol, httpStatus: status, frames: opens ? after : '' },
    rule: rule(section, row.rfc),
    why: row.why,
  };
}

function responses(): ResponseRow[] {
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
    { name: 'subprotocol-none', why: 'The server may choose none.', asked, opens: true },
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
