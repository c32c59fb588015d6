/** Rows of family G about what comes with the request: bodies, early frames, subprotocols, origins, head syntax. */
import type { HandshakeRow } from './handshake.js';
import { HANDSHAKE_HEAD_ROWS } from './handshake-head-rows.js';
import { encode } from './wire.js';

const masked = (opcode: number, payload: Buffer | string = ''): string =>
  encode({ opcode, payload }, 'server').toString('hex');
const hello = masked(1, 'Hello');
const hex = (text: string): string => Buffer.from(text).toString('hex');

const bodies: HandshakeRow[] = [
  {
    name: 'body/content-length-0',
    why: 'Content-Length: 0 announces no body.',
    changes: { 'Content-Length': '0' },
  },
  {
    name: 'body/content-length-5',
    why: 'A body has no place before an upgrade: its bytes must not be read as frames.',
    changes: { 'Content-Length': '5' },
    after: hex('hello'),
    status: 400,
  },
  {
    name: 'body/content-length-not-number',
    why: 'A Content-Length that is no number is refused.',
    changes: { 'Content-Length': '5x' },
    status: 400,
  },
  {
    name: 'body/content-length-twice',
    why: 'Two lengths that differ are refused.',
    changes: { 'Content-Length': ['0', '5'] },
    status: 400,
  },
  {
    name: 'body/chunked',
    why: 'A chunked body has no place before an upgrade.',
    changes: { 'Transfer-Encoding': 'chunked' },
    after: hex('5\r\nhello\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'body/chunked-and-length',
    why: 'Both kinds of body at once is how requests are smuggled.',
    changes: { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' },
    after: hex('0\r\n\r\n'),
    status: 400,
  },
].map((row) => ({ rfc: '9112', section: '6', ...row }));

const expectation: HandshakeRow = {
  name: 'body/expect-continue',
  rfc: '9110',
  section: '10.1.1',
  why: 'An upgrade request has no body to expect leave for.',
  changes: { Expect: '100-continue' },
  status: 417,
  alternatives: [400, 101],
};

const early: HandshakeRow[] = [
  {
    name: 'early/frame',
    section: '4.2.2',
    why: 'A frame in the same segment as the request reaches the decoder, after the 101.',
    after: hello,
  },
  {
    name: 'early/close',
    section: '4.2.2',
    why: 'A Close in the same segment as the request reaches the decoder.',
    after: masked(8, Buffer.from('03e8', 'hex')),
  },
  {
    name: 'early/many',
    section: '4.2.2',
    why: 'All bytes behind the request reach the decoder, in order.',
    after: Array.from({ length: 50 }, (_, at) => masked(2, Buffer.alloc(at, at))).join(''),
  },
];

const CHAT = { subprotocols: ['chat', 'superchat'] };
type ProtocolRow = readonly [
  name: string,
  value: string | readonly string[] | null,
  why: string,
  chosen: string | null,
  status?: number,
];
const subprotocols: HandshakeRow[] = (
  [
    ['one', 'chat', 'A subprotocol that both speak is chosen.', 'chat'],
    ['clients-order', 'superchat, chat', 'The order of the client is the order of preference.', 'superchat'],
    ['two-lines', ['x-other', 'superchat'], 'Several lines are one list.', 'superchat'],
    ['not-asked', null, 'Without an offer no subprotocol is named.', null],
    ['other-case', 'Chat', 'Names are case-sensitive; without a common one none is named.', null],
    ['unknown', 'x-other', 'Without a common subprotocol none is named.', null],
    ['prototype', '__proto__, constructor', 'Names are names, whatever they are called.', null],
    ['empty-members', ',chat,,', 'Empty members of a list are passed over.', 'chat'],
    ['empty', '', 'The list has at least one member.', null, 400],
    ['repeated', 'chat, chat', 'Names in an offer are unique.', null, 400],
    ['separator', 'ch@t', 'A separator is in no token.', null, 400],
    ['delete', 'ch\u007ft', 'DEL is in no token.', null, 400],
    ['not-ascii', 'ch\u0080t', 'A byte over 7f is in no token.', null, 400],
    ['blank-inside', 'super chat', 'A name is one token.', null, 400],
  ] as readonly ProtocolRow[]
).map(([name, value, why, chosen, status = 101]) => ({
  name: `subprotocol/${name}`,
  section: status === 101 ? '4.2.2' : '11.3.4',
  why,
  settings: CHAT,
  changes: { 'Sec-WebSocket-Protocol': value },
  status,
  ...(status === 101 ? { headers: { 'sec-websocket-protocol': chosen } } : {}),
}));

type OriginRow = readonly [
  name: string,
  value: string | readonly string[] | null,
  why: string,
  status?: number,
  allowed?: 'any' | readonly string[],
];
const origins: HandshakeRow[] = (
  [
    ['missing', null, 'Without Origin this is no browser: there is nothing to compare.'],
    ['same', 'http://example.com', 'The origin is the host’s own.'],
    ['upper-case', 'HTTP://EXAMPLE.COM', 'Scheme and host are compared without regard to case.'],
    ['listed', 'https://app.example', 'The origin is in the list.', 101, ['https://app.example']],
    ['any', 'https://evil.example', 'Any origin may connect where the server says so.', 101, 'any'],
    ['other-host', 'http://evil.example', 'Another host’s page must not connect.', 403],
    ['other-port', 'http://example.com:8080', 'Another port is another origin.', 403],
    [
      'tls-in-front',
      'https://example.com',
      'Without TLS of its own a server cannot know the scheme: a proxy may stand in front.',
    ],
    ['null', 'null', 'The null origin is nobody’s own.', 403],
    ['suffix', 'http://example.com.evil', 'A host that begins with ours is another host.', 403],
    ['prefix', 'http://evil-example.com', 'A host that ends in ours is another host.', 403],
    ['userinfo', 'http://example.com@evil.example', 'What stands before @ is no host.', 403],
    ['idn', 'http://xn--xample-9ua.com', 'A host that looks like ours is another host.', 403],
    ['not-listed', 'https://evil.example', 'The origin is not in the list.', 403, ['https://app.example']],
    [
      'own-not-listed',
      'http://example.com',
      'A list stands alone: the host’s own origin is not in it.',
      403,
      ['https://app.example'],
    ],
    ['twice', ['http://example.com', 'http://evil.example'], 'Two origins are none.', 403],
    ['empty', '', 'An empty Origin names nobody.', 403],
  ] as readonly OriginRow[]
).map(([name, value, why, status = 101, allowed]) => ({
  name: `origin/${name}`,
  section: '10.2',
  why,
  ...(allowed === undefined ? {} : { settings: { origin: allowed } }),
  changes: { Origin: value },
  status,
}));

export const HANDSHAKE_POLICY_ROWS: readonly HandshakeRow[] = [
  ...bodies,
  expectation,
  ...early,
  ...subprotocols,
  ...origins,
  ...HANDSHAKE_HEAD_ROWS,
  {
    name: 'subprotocol/server-has-none',
    section: '4.2.2',
    why: 'A server that speaks no subprotocol names none, whatever is offered.',
    changes: { 'Sec-WebSocket-Protocol': 'chat' },
  },
  {
    name: 'origin/other-scheme',
    section: '10.2',
    why: 'Another scheme is another origin, where the server knows its own.',
    settings: { secure: true },
    changes: { Origin: 'http://example.com' },
    status: 403,
  },
  {
    name: 'extensions/unknown',
    section: '9.1',
    why: 'Extensions that the server does not know are passed over.',
    changes: { 'Sec-WebSocket-Extensions': 'x-unknown; a=1' },
  },
];
