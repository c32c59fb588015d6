import fc from 'fast-check';
import crypto from 'node:crypto';
import {
  createRequest,
  encodeRequest,
  HeaderFields,
  respond,
  UsageError,
  type ClientRequestOptions,
} from '../src/index.js';
import { parameters, toy } from './extensions.js';
import { valuesOf } from './requests.js';

const BYTES = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const randomBytes = (): Buffer => BYTES;
const option = expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }) as Error;
const argument = expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }) as Error;

describe('createRequest (RFC 6455 §4.1)', () => {
  test('to the byte', () => {
    expect(encodeRequest(createRequest('ws://server.example.com/chat', { randomBytes })).toString()).toBe(
      'GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
  });

  test('with all there can be', () => {
    const request = createRequest('wss://h/', {
      randomBytes,
      subprotocols: ['b', 'a'],
      extensions: [toy('x', [parameters({ level: '1' }), parameters()]), toy('silent', []), toy('y')],
      headers: { Origin: 'https://o', Cookie: ['a=1', 'b=2'] },
    });
    expect(request.rawHeaders.slice(10)).toEqual([
      ...['Sec-WebSocket-Protocol', 'b, a', 'Sec-WebSocket-Extensions', 'x; level=1, x, y; level=1'],
      ...['Origin', 'https://o', 'Cookie', 'a=1', 'Cookie', 'b=2'],
    ]);
    expect(request.extensions.map(({ name }) => name)).toEqual(['x', 'y']);
  });

  test.each([
    ['ws://h', { target: '/', hostname: 'h', port: 80, secure: false }, 'h'],
    ['ws://h:80/a?b', { target: '/a?b', port: 80 }, 'h'],
    ['ws://h:8080?b', { target: '/?b', port: 8080 }, 'h:8080'],
    ['WSS://H/', { hostname: 'h', port: 443, secure: true }, 'h'],
    ['wss://h:443/', { port: 443 }, 'h'],
    ['wss://h:80/', { port: 80 }, 'h:80'],
    ['http://h/?', { target: '/', port: 80, secure: false }, 'h'],
    ['https://h/', { port: 443, secure: true }, 'h'],
    ['ws://[::1]:3000/', { hostname: '::1', port: 3000 }, '[::1]:3000'],
    ['ws://h/a b', { target: '/a%20b' }, 'h'],
    ['ws://bücher.example/ü?ü', { target: '/%C3%BC?%C3%BC' }, 'xn--bcher-kva.example'],
  ])('%s', (url, expected, host) => {
    for (const each of [url, new URL(url)]) {
      const request = createRequest(each);
      expect(request).toMatchObject({ method: 'GET', httpVersion: '1.1', ...expected });
      expect(valuesOf(request.rawHeaders, 'host')).toEqual([host]);
    }
  });

  test('URLs beyond ASCII are taken however often one has been', () => {
    const url = 'ws://b\u00fccher.example/';
    for (let times = 0; times < 20_000; times++) expect(() => createRequest(url)).not.toThrow();
  });

  test('a fresh key of 16 bytes each time', () => {
    const keys = Array.from({ length: 100 }, () => createRequest('ws://h').key);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) expect(Buffer.from(key ?? '', 'base64')).toHaveLength(16);
  });

  test('CVE-2017-16031: the key is of `randomBytes` of node:crypto (RFC 6455 §4.1)', () => {
    const source = jest.spyOn(crypto, 'randomBytes').mockImplementation(randomBytes);
    try {
      expect(createRequest('ws://h').key).toBe(BYTES.toString('base64'));
      expect(source).toHaveBeenCalledWith(16);
    } finally {
      source.mockRestore();
    }
  });

  test.each([
    ['ws://h/#a', 'has a fragment'],
    ['ws://h/#', 'has a fragment'],
    ['ftp://h/', 'is not of ws:, wss:, http: or https:'],
    ['file:///a', 'is not of ws:, wss:, http: or https:'],
    ['/chat', 'is not an absolute URL'],
    ['', 'is not an absolute URL'],
    ['ws://', 'is not an absolute URL'],
    ['ws://h/\r\nX: 1', 'has a control character'],
    ['ws://h/\0', 'has a control character'],
    ['ws://a b/', 'is not an absolute URL'],
    ['ws://user%3Aname:secret@h', 'has a user name with a colon'],
    ['ws://u:secret%ff@h', 'has credentials that are not percent-encoded UTF-8'],
  ])('the URL %j is refused: it %s', (url, what) => {
    expect(() => createRequest(url)).toThrow(argument);
    expect(() => createRequest(url)).toThrow(new UsageError('ERR_SOKKER_ARGUMENT', `the URL ${what}`));
  });

  describe('user information', () => {
    test('becomes Basic credentials, decoded (RFC 7617)', () => {
      const { rawHeaders, target } = createRequest('ws://us%20er:p%40ss%C3%BC@h/a');
      expect(target).toBe('/a');
      expect(valuesOf(rawHeaders, 'host')).toEqual(['h']);
      expect(valuesOf(rawHeaders, 'authorization')).toEqual([`Basic ${Buffer.from('us er:p@ssü').toString('base64')}`]);
    });

    test('without a password, or without a user', () => {
      const basic = (text: string): string[] => [`Basic ${Buffer.from(text).toString('base64')}`];
      expect(valuesOf(createRequest('ws://u@h').rawHeaders, 'authorization')).toEqual(basic('u:'));
      expect(valuesOf(createRequest('ws://:p@h').rawHeaders, 'authorization')).toEqual(basic(':p'));
    });

    test('beside an Authorization header is refused; each alone is not', () => {
      const headers = { Origin: 'https://o', authorization: 'Bearer t' };
      const refused = 'createRequest: headers has Authorization, and the URL has credentials too';
      expect(() => createRequest('ws://u:p@h', { headers })).toThrow(option);
      expect(() => createRequest('ws://u:p@h', { headers })).toThrow(refused);
      const { rawHeaders } = createRequest('ws://u:p@h', { headers: { X: 'authorization' } });
      expect(valuesOf(rawHeaders, 'x')).toEqual(['authorization']);
      expect(valuesOf(createRequest('ws://h', { headers }).rawHeaders, 'authorization')).toEqual(['Bearer t']);
    });

    test.each(['ws://user%3Aname:secret@h', 'ws://u:secret%ff@h', 'ws://u:secret@h/#x', 'gopher://u:secret@h'])(
      'is in no message: %s',
      (url) => {
        expect(() => createRequest(url)).toThrow(argument);
        expect(() => createRequest(url)).not.toThrow(/secret/);
      },
    );
  });

  test.each([
    'Host',
    'connection',
    'UPGRADE',
    'Content-Length',
    'Transfer-Encoding',
    'Expect',
    'TE',
    'Trailer',
    'Keep-Alive',
    'Proxy-Connection',
    'Sec-WebSocket-Key',
    'sec-websocket-version',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Extensions',
  ])('%s is not for the caller to set', (name) =>
    expect(() => createRequest('ws://h', { headers: { [name]: 'x' } })).toThrow(option),
  );

  test.each(['\r', '\n', '\r\n', '\0', '\u010a', '\u0d0a'])('no string option has %j in it', (bad) => {
    const text = `a${bad}b`;
    expect(() => createRequest('ws://h', { headers: { X: text } })).toThrow(option);
    expect(() => createRequest('ws://h', { headers: { [text]: 'x' } })).toThrow(option);
    expect(() => createRequest('ws://h', { subprotocols: [text] })).toThrow(option);
    expect(() => createRequest('ws://h', { extensions: [toy(text)] })).toThrow(option);
    expect(() => createRequest('ws://h', { extensions: [toy('x', [parameters({ a: text })])] })).toThrow(argument);
  });

  test.each([
    [{ subprotocols: ['a', 'a'] }, 'createRequest: subprotocols'],
    [{ subprotocols: [''] }, 'createRequest: subprotocols'],
    [{ subprotocols: 'chat' }, 'createRequest: subprotocols'],
    [{ subprotocol: 'chat' }, "createRequest has no option 'subprotocol'"],
    [{ extensions: [{}] }, 'createRequest: extensions must be named by tokens'],
    [
      { extensions: [toy] },
      'offer, accept and confirm: a function that makes one is called, as in permessageDeflate()',
    ],
    ...['offer', 'accept', 'confirm'].map((method): [object, string] => [
      { extensions: [{ ...toy('a'), [method]: undefined }] },
      'createRequest: extensions must have offer, accept and confirm',
    ]),
    [{ randomBytes: () => Buffer.alloc(15) }, 'createRequest: randomBytes must return 16 bytes'],
    [{ randomBytes: () => 'AQIDBAUGBwgJCgsM' }, 'createRequest: randomBytes must return 16 bytes'],
    [{ randomBytes: 1 }, 'createRequest: randomBytes'],
    [null, 'createRequest'],
  ])('wrong options: %p', (options, text) => {
    expect(() => createRequest('ws://h', options as ClientRequestOptions)).toThrow(option);
    expect(() => createRequest('ws://h', options as ClientRequestOptions)).toThrow(text);
  });

  test('what is made, our own server accepts; whatever the URL', () => {
    const url = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ unit: 'binary' }).map((text) => `ws://h/${text}`),
    );
    fc.assert(
      fc.property(url, (text) => {
        let request: ReturnType<typeof createRequest>;
        try {
          request = createRequest(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        const lines = encodeRequest(request).toString('latin1').split('\r\n');
        expect(lines).toHaveLength(1 + 5 + new HeaderFields(request.rawHeaders).all('authorization').length + 2);
        // A server decodes paths and so refuses a stray `%`, which URL lets stand.
        const isEncoded = !/%(?![0-9a-f]{2})/i.test(request.target.split('?')[0]!);
        expect(respond(request).status).toBe(isEncoded ? 101 : 400);
      }),
      { numRuns: 2000 },
    );
  });
});
