import fc from 'fast-check';
import {
  examine,
  UpgradePolicy,
  VIOLATIONS,
  type Refusal,
  type UpgradeOffer,
  type UpgradePolicyOptions,
  type UpgradeRequest,
} from '../src/index.js';
import { requestWith, valuesOf, KEY, type Changes } from './requests.js';

function offerOf(request: UpgradeRequest, policy = {}): UpgradeOffer {
  const answer = examine(request, policy);
  if (answer.type !== 'offer') throw answer.error;
  return answer;
}

function refusalOf(request: UpgradeRequest, policy = {}): Refusal {
  const answer = examine(request, policy);
  if (answer.type !== 'refusal') throw new Error('was not refused');
  return answer;
}

type Row = readonly [name: string, changes: Changes, rest?: Partial<UpgradeRequest>];

const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];

const ACCEPTED: readonly Row[] = [
  ['the request of RFC 6455 §1.2', {}],
  ['upper and mixed case', { Upgrade: 'WebSocket', Connection: 'UPGRADE' }],
  ['websocket among other protocols', { Upgrade: 'h2c, websocket ,\tfoo/1' }],
  ['Upgrade over two lines', { Upgrade: ['h2c', 'websocket'] }],
  ['keep-alive beside Upgrade, as Firefox has it', { Connection: 'keep-alive, Upgrade' }],
  ['empty list members', { Connection: ',, Upgrade,,' }],
  [
    'a key whose unused bits are set, as RFC 6455 §4.1 (7) itself prints one',
    { 'Sec-WebSocket-Key': 'AQIDBAUGBwgJCgsMDQ4PEC==' },
  ],
  ['Content-Length: 0', { 'Content-Length': '0' }],
  ['an absolute target, whose host counts', { Host: 'other' }, { target: 'http://server.example.com/chat' }],
  ['a path that begins with two slashes', {}, { target: '//evil' }],
  ['an encoded octet that is no UTF-8', {}, { target: '/%ff' }],
  ['what browsers leave unencoded in a query', {}, { target: '/?a=|{}[]^%' }],
  ['a path of 8 KiB', {}, { target: `/${'a'.repeat(8192)}` }],
  ['a Host with port', { Host: 'server.example.com:65535' }],
  ['a Host that is an IPv6 address', { Host: '[::1]:3000' }],
  ['a Host that is an IPv4 address within IPv6', { Host: '[::ffff:1.2.3.4]' }],
  ['a Host with a colon and no port (RFC 3986 §3.2.3)', { Host: 'server.example.com:' }],
  ...PROTOTYPE_NAMES.map((name): Row => [`a header named ${name}`, { [`x-${name}`]: '1', [name]: name }]),
];

const [METHOD, VERSION, HOST] = ['ERR_SOKKER_METHOD', 'ERR_SOKKER_HTTP_VERSION', 'ERR_SOKKER_HOST'] as const;
const [TARGET, UPGRADE, CONNECTION] = ['ERR_SOKKER_TARGET', 'ERR_SOKKER_UPGRADE', 'ERR_SOKKER_CONNECTION'] as const;
const [KEY_CODE, WS_VERSION, BODY] = ['ERR_SOKKER_KEY', 'ERR_SOKKER_VERSION', 'ERR_SOKKER_BODY'] as const;
const NAME = 'ERR_SOKKER_HEADER_NAME';
const VALUE = 'ERR_SOKKER_HEADER_VALUE';

const REFUSED: readonly (readonly [code: keyof typeof VIOLATIONS, ...Row])[] = [
  ...['POST', 'HEAD', 'PUT', 'OPTIONS', 'get', 'CONNECT', ''].map(
    (method) => [METHOD, `method '${method}'`, {}, { method }] as const,
  ),
  ...['1.0', '0.9', '1.2', '2.0', '3.0', '11', ''].map(
    (httpVersion) => [VERSION, `HTTP/${httpVersion}`, {}, { httpVersion }] as const,
  ),
  ...['*', 'server:80', '/#frag', '/%', '/%f', '/%zz', '/a b', '/\x7f', '/é', '', 'chat', 'http://', 'http:/x'].map(
    (target) => [TARGET, `target '${target}'`, {}, { target }] as const,
  ),
  ...['http://u@host/', 'http://ho st/', 'ws://host/', 'ftp://host/', 'http://host:99999/'].map(
    (target) => [TARGET, `target '${target}'`, {}, { target }] as const,
  ),
  [HOST, 'no Host', { Host: undefined }],
  [HOST, 'Host twice, alike', { Host: ['a', 'a'] }],
  [HOST, 'Host twice, different', { Host: ['a', 'b'] }],
  ...[
    '',
    'user@host',
    'a b',
    'a,b',
    'a/b',
    ':80',
    'host:x',
    'host:65536',
    'host:000080',
    '[::1',
    '[]',
    '[::1]x',
    '[::1]x80',
    '[g::1]',
    'é',
  ].map((host) => [HOST, `Host '${host}'`, { Host: host }] as const),
  ...[undefined, 'notwebsocket', 'websocket/13', 'h2c', '', 'websocket;x'].map(
    (value) => [UPGRADE, `Upgrade '${value ?? 'missing'}'`, { Upgrade: value }] as const,
  ),
  ...[undefined, 'keep-alive', 'notupgrade', 'upgrade-insecure-requests', '"Upgrade"'].map(
    (value) => [CONNECTION, `Connection '${value ?? 'missing'}'`, { Connection: value }] as const,
  ),
  ...[
    undefined,
    '0',
    '7',
    '8',
    '12',
    '14',
    '255',
    '256',
    '013',
    '0xd',
    '13.0',
    '13, 8',
    '',
    ' 13',
    ['13', '13'],
    ['13', '8'],
  ].map((value) => [WS_VERSION, `version ${JSON.stringify(value)}`, { 'Sec-WebSocket-Version': value }] as const),
  ...[
    undefined,
    [KEY, KEY],
    '',
    'AAAAAAAAAAAAAAAAAAAA', // 15 bytes
    'AAAAAAAAAAAAAAAAAAAAAAA=', // 17 bytes
    'dGhlIHNhbXBsZSBub25jZQ', // no padding
    'dGhlIHNhbXBsZSBub25jZ_==', // the url-safe alphabet
    'dGhlIHNhbXBs ZSBub25jZQ=',
    'dGhlIHNhbXBsZSBub25j$Q==',
    'dGhlIHNhbXBsZSBub25jZQ===',
  ].map((value) => [KEY_CODE, `key ${JSON.stringify(value)}`, { 'Sec-WebSocket-Key': value }] as const),
  ...['5', '00', '+0', '0x0', '', '-1', '0, 0', ['0', '0']].map(
    (value) => [BODY, `Content-Length ${JSON.stringify(value)}`, { 'Content-Length': value }] as const,
  ),
  [BODY, 'chunked', { 'Transfer-Encoding': 'chunked' }],
  [BODY, 'both', { 'Transfer-Encoding': 'identity', 'Content-Length': '0' }],
  ['ERR_SOKKER_EXPECTATION', 'Expect', { Expect: '100-continue' }],
  [NAME, 'a name with a space', { 'Bad Name': '1' }],
  [NAME, 'an empty name', { '': '1' }],
  [NAME, 'a pseudo-header', { ':path': '/' }],
  ...['a\rb', 'a\nb', 'a\r\nb', 'a\0b', 'a\x7f', 'a\u010a', 'a\u0d0a'].map(
    (value) => [VALUE, `value ${JSON.stringify(value)}`, { 'X-Value': value }] as const,
  ),
  ['ERR_SOKKER_LIST', 'Connection of 65 members', { Connection: Array(65).fill('Upgrade').join() }],
  ['ERR_SOKKER_LIST', 'nine empty members', { Upgrade: `websocket${','.repeat(9)}` }],
  ['ERR_SOKKER_TOO_MANY_HEADERS', '101 headers', { 'X-A': Array<string>(96).fill('1') }],
  ['ERR_SOKKER_TOO_MANY_HEADERS', '5 000 headers', { 'X-A': Array<string>(5000).fill('1') }],
  ['ERR_SOKKER_HEAD_TOO_BIG', 'a value of 16 KiB', { 'X-A': 'a'.repeat(16384) }],
  ['ERR_SOKKER_HEAD_TOO_BIG', 'a target of 16 384 bytes', {}, { target: `/${'a'.repeat(16383)}` }],
  ['ERR_SOKKER_TARGET_TOO_LONG', 'a target of 16 385 bytes', {}, { target: `/${'a'.repeat(16384)}` }],
];

describe('examine (RFC 6455 §4.2.1)', () => {
  for (const [name, changes, rest] of ACCEPTED) {
    test(`accepts ${name}`, () => {
      expect(offerOf(requestWith(changes, rest)).key).toMatch(/==$/);
    });
  }

  for (const [code, name, changes, rest] of REFUSED)
    test(`${code}: ${name}`, () => {
      const { status, error, rawHeaders } = refusalOf(requestWith(changes, rest));
      const row = VIOLATIONS[code];
      expect({ code: error.code, status, section: error.section }).toEqual({
        code,
        status: 'status' in row ? row.status : undefined,
        section: row.section,
      });
      expect(valuesOf(rawHeaders, 'connection')[0]).toMatch(/^close/);
    });

  test.each<[UpgradePolicyOptions, Changes, string]>([
    [{}, { Origin: 'https://evil' }, "https://evil at server.example.com; the server's origin option decides"],
    [{}, { Origin: 'https://a', Host: 'b:1' }, "https://a at b:1; the server's origin option decides"],
    [{ origin: [] }, {}, "no Origin at server.example.com; the server's origin option decides"],
    [{ hosts: ['a'] }, { Host: 'b' }, 'this host is not served here: b ('],
  ])('with the policy %j says whom it refuses', (policy, changes, detail) => {
    const answer = examine(requestWith(changes), policy);
    expect(answer).toMatchObject({ type: 'refusal', error: { message: expect.stringContaining(detail) as string } });
  });

  test('what is not offered is an empty list', () => {
    expect(offerOf(requestWith())).toMatchObject({ subprotocols: [], extensions: [] });
  });

  test.each([
    [{ httpVersion: '1.0' }, 'the HTTP version is not 1.1: 1.0 (RFC 6455 §4.2.1)'],
    [{ target: `/${'a'.repeat(16384)}` }, 'the request target is longer than allowed: over 16384 bytes (RFC 9112 §3)'],
  ])('says what was seen, and the bound', (rest, message) => {
    expect(refusalOf(requestWith({}, rest)).error.message).toBe(message);
  });

  test('takes 100 headers and 16 384 bytes, and not one more', () => {
    offerOf(requestWith({ 'X-A': Array<string>(95).fill('1') }));
    const size = (request: UpgradeRequest): number =>
      `GET ${request.target} HTTP/1.1\r\n\r\n`.length +
      request.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
    const filler = 16384 - size(requestWith({ 'X-A': '' }));
    expect(size(requestWith({ 'X-A': 'a'.repeat(filler) }))).toBe(16384);
    offerOf(requestWith({ 'X-A': 'a'.repeat(filler) }));
    expect(refusalOf(requestWith({ 'X-A': 'a'.repeat(filler + 1) })).status).toBe(431);
  });

  test('has what the client offers', () => {
    const offer = offerOf(
      requestWith(
        {
          Host: 'Example.COM:8080',
          Origin: 'HTTP://Example.com:8080',
          'Sec-WebSocket-Protocol': ['chat, superchat', 'Chat'],
          'Sec-WebSocket-Extensions': ['foo', 'bar; baz=2'],
          Cookie: ['a=1', 'b=2'],
        },
        { target: '/a%20b?x=1?y' },
      ),
    );
    expect(offer).toMatchObject({
      httpVersion: '1.1',
      path: '/a%20b',
      query: 'x=1?y',
      host: 'example.com',
      port: 8080,
      scheme: undefined,
      origin: 'http://example.com:8080',
      subprotocols: ['chat', 'superchat', 'Chat'],
      extensions: [{ name: 'foo' }, { name: 'bar', parameters: new Map([['baz', '2']]) }],
      key: KEY,
    });
    expect(offer.headers.get('cookie')).toBe('a=1; b=2');
  });

  test('takes host and query of an absolute target, with or without a path', () => {
    expect(offerOf(requestWith({}, { target: 'HTTPS://A.b:1?q' }))).toMatchObject({
      host: 'a.b',
      port: 1,
      path: '/',
      query: 'q',
    });
  });

  describe('refusals carry what RFC 9110 asks of their status', () => {
    test('405 has Allow; a HEAD gets no body', () => {
      const refusal = refusalOf(requestWith({}, { method: 'HEAD' }));
      expect(valuesOf(refusal.rawHeaders, 'allow')).toEqual(['GET']);
      expect(refusal.body).toHaveLength(0);
    });

    test('426 has Upgrade, and Connection that names it', () => {
      for (const changes of [{ Upgrade: undefined }, { Connection: 'close' }, { 'Sec-WebSocket-Version': '12' }]) {
        const { rawHeaders } = refusalOf(requestWith(changes));
        expect(valuesOf(rawHeaders, 'upgrade')).toEqual(['websocket']);
        expect(valuesOf(rawHeaders, 'connection')).toEqual(['close, Upgrade']);
      }
    });

    test('426 for the version says which one', () => {
      const { rawHeaders } = refusalOf(requestWith({ 'Sec-WebSocket-Version': '8' }));
      expect(valuesOf(rawHeaders, 'sec-websocket-version')).toEqual(['13']);
    });
  });

  describe('hosts', () => {
    const policy = new UpgradePolicy({ hosts: ['Example.com', 'localhost:3000', 'secure.example:443'] });
    test.each([
      ['example.com', true],
      ['EXAMPLE.com:8080', true],
      ['localhost:3000', true],
      ['localhost', false],
      ['secure.example', true],
      ['attacker.example', false],
    ])('Host %s: %s', (Host, isServed) => {
      const answer = examine(requestWith({ Host }), policy);
      expect(answer.type === 'offer' ? 'offer' : answer.status).toBe(isServed ? 'offer' : 421);
    });
  });

  describe("a trusted proxy's words", () => {
    test('say host and scheme', () => {
      const offer = offerOf(requestWith({}, { forwarded: { proto: 'HTTPS', host: 'Public.example:444' } }));
      expect(offer).toMatchObject({ scheme: 'https', host: 'public.example', port: 444 });
      expect(offerOf(requestWith({}, { secure: true, forwarded: { proto: 'ws' } })).scheme).toBe('http');
    });

    test.each([{ proto: 'gopher' }, { proto: '' }, { host: 'a, b' }, { host: '' }, { host: 'u@h' }])(
      'are refused when malformed: %p',
      (forwarded) => {
        expect(refusalOf(requestWith({}, { forwarded })).error.code).toBe('ERR_SOKKER_FORWARDED');
      },
    );

    test('are not read from the headers', () => {
      const request = requestWith({ 'X-Forwarded-Host': 'evil', 'X-Forwarded-Proto': 'https' });
      expect(offerOf(request)).toMatchObject({ scheme: undefined, host: 'server.example.com' });
    });
  });

  test('a list with half a header is the caller’s mistake', () => {
    expect(() => examine(requestWith({}, { rawHeaders: ['Host'] }))).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }),
    );
  });

  test('whatever the strings: an offer, or a refusal with a status and a code', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '\r\n', '\0', ',,,', KEY));
    const name = fc.constantFrom('Host', 'Origin', 'Upgrade', 'Sec-WebSocket-Key', 'Sec-WebSocket-Extensions', 'X-A');
    fc.assert(
      fc.property(text, text, fc.dictionary(fc.oneof(name, text), text), (method, target, changes) => {
        for (const request of [requestWith(changes), requestWith(changes, { method, target })]) {
          const answer = examine(request, { origin: 'any' });
          if (answer.type === 'offer') continue;
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.error.code).toMatch(/^ERR_SOKKER_/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
