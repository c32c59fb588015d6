import { examine, respond, type UpgradeRequest } from '../src/index.js';
import { connectWith, valuesOf, type Changes } from './requests.js';

type Row = readonly [name: string, changes: Changes, rest?: Partial<UpgradeRequest>];

const ACCEPTED: readonly Row[] = [
  [
    'the request of RFC 8441 §5.1',
    { 'sec-websocket-protocol': 'chat, superchat', origin: 'https://server.example.com' },
  ],
  ['HTTP/3 (RFC 9220)', {}, { httpVersion: '3' }],
  ['a Sec-WebSocket-Key, which is ignored', { 'sec-websocket-key': 'x' }],
  ['a Host that says the same', { host: 'Server.example.com' }],
  ['a Host with the same port', { ':authority': 'server.example.com:8443', host: 'server.example.com:8443' }],
  ['te: trailers', { te: 'trailers' }],
];

const REFUSED: readonly (readonly [status: number, code: string, ...Row])[] = [
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'no :protocol', { ':protocol': undefined }, { protocol: undefined }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'a method other than CONNECT', {}, { method: 'GET' }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'no :scheme', { ':scheme': undefined }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', ':scheme ws', { ':scheme': 'ws' }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', ':scheme twice', { ':scheme': ['https', 'https'] }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', ':method twice', { ':method': ['CONNECT', 'CONNECT'] }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'no :path', { ':path': undefined }, { target: '' }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'an absolute :path', {}, { target: 'https://server.example.com/' }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'no :authority', { ':authority': undefined }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', ':authority with user', { ':authority': 'u@server.example.com' }],
  [400, 'ERR_SOKKER_PSEUDO_HEADER', 'an unknown pseudo-header', { ':evil': '1' }],
  [501, 'ERR_SOKKER_PROTOCOL', 'an unknown :protocol', {}, { protocol: 'connect-udp' }],
  [505, 'ERR_SOKKER_HTTP_VERSION', ':protocol over HTTP/1.1', {}, { httpVersion: '1.1' }],
  [400, 'ERR_SOKKER_CONNECTION_HEADER', 'Connection', { connection: 'Upgrade' }],
  [400, 'ERR_SOKKER_CONNECTION_HEADER', 'Upgrade', { upgrade: 'websocket' }],
  [400, 'ERR_SOKKER_CONNECTION_HEADER', 'Keep-Alive', { 'keep-alive': '1' }],
  [400, 'ERR_SOKKER_CONNECTION_HEADER', 'te other than trailers', { te: 'gzip' }],
  [400, 'ERR_SOKKER_HOST', 'a Host that says otherwise', { host: 'other' }],
  [400, 'ERR_SOKKER_HOST', 'Host twice', { host: ['server.example.com', 'server.example.com'] }],
  [
    400,
    'ERR_SOKKER_HOST',
    'a Host of another port',
    { ':authority': 'server.example.com:1', host: 'server.example.com:2' },
  ],
  [400, 'ERR_SOKKER_BODY', 'Content-Length: 5', { 'content-length': '5' }],
  [400, 'ERR_SOKKER_BODY', 'Transfer-Encoding', { 'transfer-encoding': 'chunked' }],
  [426, 'ERR_SOKKER_VERSION', 'version 12', { 'sec-websocket-version': '12' }],
  [426, 'ERR_SOKKER_VERSION', 'no version', { 'sec-websocket-version': undefined }],
  [400, 'ERR_SOKKER_TARGET', ':path with a fragment', {}, { target: '/#a' }],
  [400, 'ERR_SOKKER_HEADER_VALUE', 'LF in a value (GHSA-x3gh-xhj4-3vq8)', { 'x-a': 'a\nb' }],
  [400, 'ERR_SOKKER_SUBPROTOCOLS', 'subprotocols that repeat', { 'sec-websocket-protocol': 'a, a' }],
  [400, 'ERR_SOKKER_EXTENSIONS', 'malformed extensions', { 'sec-websocket-extensions': ';' }],
  [403, 'ERR_SOKKER_ORIGIN', 'another origin', { origin: 'https://evil.example' }],
  [431, 'ERR_SOKKER_TOO_MANY_HEADERS', '101 headers', { 'x-a': Array<string>(100).fill('') }],
];

describe('an extended CONNECT (RFC 8441 §5)', () => {
  for (const [name, changes, rest] of ACCEPTED) {
    test(`is accepted with 200 and without Accept: ${name}`, () => {
      const answer = respond(connectWith(changes, rest), {
        subprotocols: ['superchat'],
        headers: { 'X-Served-By': 'a' },
      });
      expect(answer.status).toBe(200);
      const names = answer.rawHeaders.filter((_, index) => index % 2 === 0);
      expect(names).toEqual([...(changes['sec-websocket-protocol'] ? ['sec-websocket-protocol'] : []), 'x-served-by']);
    });
  }

  for (const [status, code, name, changes, rest] of REFUSED) {
    test(`${status} ${code}: ${name}`, () => {
      const answer = examine(connectWith(changes, rest));
      if (answer.type !== 'refusal') throw new Error('was not refused');
      expect([answer.status, answer.error.code]).toEqual([status, code]);
      for (const header of ['connection', 'upgrade', 'transfer-encoding']) {
        if (answer.httpVersion !== '1.1') expect(valuesOf(answer.rawHeaders, header)).toEqual([]);
      }
      if (code === 'ERR_SOKKER_VERSION') expect(valuesOf(answer.rawHeaders, 'sec-websocket-version')).toEqual(['13']);
    });
  }

  test('has host, path and origin as an upgrade has, and no key', () => {
    const answer = examine(connectWith({ origin: 'https://server.example.com' }, { target: '/a?b', secure: true }));
    expect(answer).toMatchObject({
      host: 'server.example.com',
      path: '/a',
      query: 'b',
      scheme: 'https',
      key: undefined,
    });
  });
});
