/** Rows of family G about the request itself: method, version, target, Host, Upgrade, Connection, key, version. */
import type { HandshakeRow } from './handshake.js';
import { acceptOf, KEY } from './request.js';

type Short = readonly [
  name: string,
  value: string | readonly string[] | null,
  why: string,
  status?: number,
  alternatives?: readonly number[],
];

const NEEDS_UPGRADE = { upgrade: 'websocket', 'sec-websocket-accept': null };
const NEEDS_13 = { 'sec-websocket-version': '13' };

const startLines: HandshakeRow[] = [
  {
    name: 'open/plain',
    section: '4.2.2',
    why: 'The request of RFC 6455 §1.3 is answered with 101 and the accept value of that example.',
  },
  ...['POST', 'HEAD', 'PUT', 'OPTIONS'].map((method) => ({
    name: `method/${method.toLowerCase()}`,
    why: `The method must be GET, not ${method}.`,
    head: { start: `${method} /chat HTTP/1.1` },
    status: 405,
    headers: { allow: 'GET' },
  })),
  {
    name: 'method/lower-case',
    why: 'Methods are case-sensitive: get is not GET.',
    head: { start: 'get /chat HTTP/1.1' },
    status: 405,
    alternatives: [400, 501],
  },
  ...(
    [
      ['1.0', 505, []],
      ['0.9', 505, [400]],
      ['2.0', 505, [400]],
      ['1.2', 505, [101, 400]],
    ] as const
  ).map(([version, status, alternatives]) => ({
    name: `http-version/${version}`,
    why:
      version === '1.2'
        ? 'HTTP/1.2 does not exist; what is higher than 1.1 may be read as 1.1 or refused.'
        : `The request must be HTTP/1.1, not ${version}.`,
    head: { start: `GET /chat HTTP/${version}` },
    status,
    alternatives,
  })),
  ...(
    [
      ['lower-case', 'GET /chat http/1.1'],
      ['garbage-after', 'GET /chat HTTP/1.1x'],
      ['missing', 'GET /chat'],
    ] as const
  ).map(([name, start]) => ({
    name: `http-version/${name}`,
    rfc: '9112',
    section: '2.3',
    why: 'The first line ends in HTTP/ and two digits with a point between them.',
    head: { start },
    status: 400,
    alternatives: [505],
  })),
];

const targets: HandshakeRow[] = (
  [
    ['absolute', 'http://example.com/chat', 'An absolute URI is legal.', 101],
    ['query', '/chat?room=1&x=%20', 'A query is part of the resource name.', 101],
    ['double-slash', '//evil.example/chat', 'A path may begin with two slashes: it is a path, not a host.', 101],
    ['encoded-byte', '/%ff', 'Encoded bytes need not be UTF-8.', 101],
    ['long', `/${'i'.repeat(8192)}`, 'A path of 8 KiB is legal.', 101, [414]],
    ['asterisk', '*', 'The asterisk form is for OPTIONS.', 400],
    ['authority', 'example.com:80', 'The authority form is for CONNECT.', 400],
    ['fragment', '/chat#frag', 'A fragment is never sent.', 400],
    ['half-encoded', '/%', 'After a percent sign two hexadecimal digits must follow.', 400],
    ['space', '/a b', 'A target has no blanks.', 400],
    ['empty', '', 'A target is not empty.', 400],
    ['not-ascii', '/\u00fc', 'A target is ASCII.', 400],
    ['other-scheme', 'ftp://example.com/chat', 'An absolute target is an http or https URI.', 400],
  ] as readonly Short[]
).map(([name, target, why, status = 101, alternatives]) => ({
  name: `target/${name}`,
  why,
  head: { start: `GET ${String(target)} HTTP/1.1` },
  status,
  ...(alternatives && { alternatives }),
}));

function field(
  group: string,
  header: string,
  section: string,
  rows: readonly Short[],
  headers: Readonly<Record<number, Readonly<Record<string, string | null>>>> = {},
  rfc?: string,
): HandshakeRow[] {
  return rows.map(([name, value, why, status = 101, alternatives]) => {
    const opened =
      status === 101 && header === 'Sec-WebSocket-Key'
        ? { 'sec-websocket-accept': acceptOf(String(value).trim()) }
        : {};
    return {
      name: `${group}/${name}`,
      ...(rfc === undefined ? {} : { rfc }),
      section,
      why,
      changes: { [header]: value },
      status,
      headers: { ...headers[status], ...opened },
      ...(alternatives && { alternatives }),
    };
  });
}

const hosts = field(
  'host',
  'Host',
  '3.2',
  [
    ['port', 'example.com:8080', 'A host may have a port.'],
    ['ipv6', '[::1]:8080', 'A host may be an IPv6 address in brackets.'],
    ['missing', null, 'A request without Host is refused.', 400],
    ['twice', ['example.com', 'example.com'], 'Host stands once, even where both say the same.', 400],
    ['two-different', ['example.com', 'evil.example'], 'Host stands once.', 400],
    ['empty', '', 'A WebSocket URI always has a host.', 400],
    ['userinfo', 'user@example.com', 'A host has no user information.', 400],
    ['port-not-number', 'example.com:80x', 'A port is a number.', 400],
    ['space', 'example.com evil.example', 'A host has no blanks.', 400],
    ['list', 'example.com, evil.example', 'A host is not a list.', 400],
    ['path', 'example.com/chat', 'A host has no path.', 400],
  ],
  {},
  '9112',
);

const upgrades = field(
  'upgrade',
  'Upgrade',
  '4.2.1',
  [
    ['mixed-case', 'WebSocket', 'The value is compared without regard to case.'],
    ['list', 'websocket, foo', 'Upgrade is a list.'],
    ['two-lines', ['foo', 'websocket'], 'Several lines are one list.'],
    ['blanks', '   websocket \t', 'Blanks around the value mean nothing.'],
    ['longer', 'notwebsocket', 'A word that ends in websocket is another word.', 426],
    ['with-version', 'websocket/13', 'websocket/13 is another protocol.', 426],
    ['two-words', 'web socket', 'web socket is no word.', 426, [400]],
    ['missing', null, 'Without Upgrade this is no upgrade request.', 426, [400, 404]],
    ['empty', '', 'An empty Upgrade names nothing.', 426, [400]],
    ['h2c', 'h2c', 'An upgrade to something else is not ours.', 426, [400]],
  ],
  { 426: NEEDS_UPGRADE },
);

const connections = field(
  'connection',
  'Connection',
  '4.2.1',
  [
    ['list', 'keep-alive, Upgrade', 'Connection is a list: browsers send this one.'],
    ['two-lines', ['keep-alive', 'Upgrade'], 'Several lines are one list.'],
    ['lower-case', 'upgrade', 'Tokens are compared without regard to case.'],
    ['upper-case', 'UPGRADE', 'Tokens are compared without regard to case.'],
    ['longer', 'notupgrade', 'A token that ends in upgrade is another token.', 426, [400, 404]],
    ['hyphenated', 'upgrade-insecure', 'A token that begins with upgrade is another token.', 426, [400, 404]],
    ['keep-alive', 'keep-alive', 'Connection must have the token upgrade.', 426, [400, 404]],
    ['missing', null, 'Connection must be there.', 426, [400, 404]],
    ['semicolon', 'Upgrade;', 'A semicolon is in no token.', 426, [400, 404]],
  ],
  { 426: NEEDS_UPGRADE },
);

const keys = field('key', 'Sec-WebSocket-Key', '4.2.1', [
  [
    'trailing-bits',
    `${KEY.slice(0, 21)}R==`,
    'Bits behind the sixteenth byte are ignored: devices exist that set them.',
  ],
  ['blanks', `  ${KEY}  `, 'Blanks around the key mean nothing.'],
  ['missing', null, 'The key must be there.', 400],
  ['empty', '', 'The key is not empty.', 400],
  ['twice', [KEY, KEY], 'The key stands once.', 400],
  ['15-bytes', Buffer.alloc(15, 'k').toString('base64'), 'The key is 16 bytes, not 15.', 400],
  ['17-bytes', Buffer.alloc(17, 'k').toString('base64'), 'The key is 16 bytes, not 17.', 400],
  ['not-base64', `!${KEY.slice(1)}`, 'The key is base64.', 400],
  ['url-safe', `-_${KEY.slice(2)}`, 'The key is base64 in its usual alphabet, not the one for URLs.', 400],
  ['blank-inside', `${KEY.slice(0, 8)} ${KEY.slice(9)}`, 'The key has no blanks inside.', 400],
  ['no-padding', KEY.slice(0, 22), 'The key has its padding.', 400],
  ['list', `${KEY}, ${KEY}`, 'The key is not a list.', 400],
]);

const versions = field(
  'version',
  'Sec-WebSocket-Version',
  '4.4',
  [
    ['blanks', ' 13 ', 'Blanks around the version mean nothing.'],
    ['missing', null, 'Without a version the answer says which one is spoken.', 426, [400]],
    ...['0', '7', '8', '12', '14', '255', '256'].map((value) => {
      return [value, value, `Version ${value} is not spoken; the answer says which one is.`, 426] as const;
    }),
    ...['013', '0xd', '13.0', '+13', '13a', '1 3'].map((value) => {
      return [
        value.replace(' ', '-').replace('+', 'plus-'),
        value,
        `${value} is not how version 13 is written.`,
        426,
        [400],
      ] as const;
    }),
    ['list', '13, 8', 'A client names one version.', 426, [400]],
    ['twice', ['13', '13'], 'The version stands once.', 426, [400]],
    ['empty', '', 'The version is not empty.', 426, [400]],
  ],
  { 426: NEEDS_13 },
);

export const HANDSHAKE_REQUEST_ROWS: readonly HandshakeRow[] = [
  ...startLines,
  ...targets,
  ...hosts,
  ...upgrades,
  ...connections,
  ...keys,
  ...versions,
];
