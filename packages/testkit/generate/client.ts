/** Family H: the opening handshake, client side (RFC 6455 §3, §4.1). */
import type { ClientFixture, ClientRequestFixture, ClientResponseFixture, Family } from '../src/fixture.js';
import { responses, type ResponseRow } from './client-response-rows.js';
import { rule } from './frame-fixture.js';
import { KEY, responseHead } from './request.js';

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
