/* The client's part of a WebSocket over HTTP/2 (RFC 8441 §4, §5): the extended CONNECT, and the answer to it. */
import fc from 'fast-check';
import {
  accept,
  createRequest,
  encodeRequest,
  examine,
  nodeHeaders,
  verifyResponse,
  type ClientRequest,
  type ResponseHead,
} from '../src/index.js';
import { toy } from './extensions.js';

const request = (url = 'wss://h/chat?x=1', options = {}): ClientRequest =>
  createRequest(url, { httpVersion: '2.0', ...options });

const answer = (changes: Partial<ResponseHead> = {}): ResponseHead => ({
  httpVersion: '2.0',
  status: 200,
  reason: '',
  rawHeaders: [],
  ...changes,
});

test.each([
  ['wss://h/chat?x=1', ':scheme', 'https', ':authority', 'h', ':path', '/chat?x=1'],
  ['ws://h:8080', ':scheme', 'http', ':authority', 'h:8080', ':path', '/'],
  ['ws://[::1]:80/', ':scheme', 'http', ':authority', '[::1]', ':path', '/'],
])('%s: pseudo-headers, the version, and no key', (url, ...rest) => {
  const made = request(url);
  expect(made).toMatchObject({ method: 'CONNECT', httpVersion: '2.0', key: undefined, target: rest.at(-1) });
  const first = [':method', 'CONNECT', ':protocol', 'websocket'];
  expect(made.rawHeaders).toEqual([...first, ...rest, 'sec-websocket-version', '13']);
});

test('subprotocols, extensions, headers and credentials follow, names in lower case', () => {
  const options = { subprotocols: ['a', 'b'], extensions: [toy()], headers: { 'X-Own': ['1', '2'] } };
  expect(request('wss://user:secret@h/', options).rawHeaders.slice(10)).toEqual([
    'sec-websocket-version',
    '13',
    'sec-websocket-protocol',
    'a, b',
    'sec-websocket-extensions',
    'toy; level=1',
    'x-own',
    '1',
    'x-own',
    '2',
    'authorization',
    'Basic dXNlcjpzZWNyZXQ=',
  ]);
});

test('is no head of HTTP/1.1, and of other versions there is none', () => {
  expect(() => encodeRequest(request())).toThrow('no HTTP/1.1 head: the HTTP version is not 1.1');
  expect(() => request('ws://h', { httpVersion: '3' })).toThrow("httpVersion must be '1.1' or '2.0'");
});

test.each([200, 201, 204, 299])('%i opens the WebSocket', (status) => {
  expect(verifyResponse(request(), answer({ status })).type).toBe('agreement');
});

test.each([101, 199, 300, 404, 503])('%i does not', (status) => {
  expect(verifyResponse(request(), answer({ status }))).toMatchObject({ type: 'declined', status });
});

test.each([
  ['over HTTP/2 an answer of HTTP/1.1', request(), answer({ httpVersion: '1.1' })],
  ['over HTTP/1.1 one of HTTP/2', createRequest('ws://h'), answer({ status: 101 })],
])('%s is a fault', (_name, asked, head) => {
  const code = 'ERR_SOKKER_RESPONSE_VERSION';
  expect(() => verifyResponse(asked, head)).toThrow(expect.objectContaining({ code }) as Error);
});

test('what a 101 says is passed over: RFC 8441 §5 does away with it', () => {
  const rawHeaders = ['sec-websocket-accept', 'of another key', 'sec-websocket-protocol', 'chat'];
  const agreed = verifyResponse(request('ws://h', { subprotocols: ['chat'] }), answer({ rawHeaders }));
  expect(agreed).toMatchObject({ type: 'agreement', subprotocol: 'chat' });
});

test('both sides of ours agree', () => {
  const made = request('wss://h/chat', { subprotocols: ['chat'], extensions: [toy()] });
  const { method, target, httpVersion, rawHeaders } = made;
  const offer = examine({ method, target, httpVersion, rawHeaders, protocol: 'websocket', secure: true });
  if (offer.type === 'refusal') throw offer.error;
  const accepted = accept(offer, { subprotocol: 'chat', extensions: [toy()] });
  expect(verifyResponse(made, accepted)).toMatchObject({ subprotocol: 'chat', extensions: [{ name: 'toy' }] });
});

describe('headers for node:http and node:http2', () => {
  test('a name once, several values as a list, the first spelling for all', () => {
    const given = ['Set-Cookie', 'a=1', 'X', '1', 'set-cookie', 'b=2', 'Set-Cookie', 'c=3', '__proto__', 'x'];
    const expected = [['Set-Cookie', ['a=1', 'b=2', 'c=3']], ['X', '1'], ['__proto__', 'x']]; // prettier-ignore
    expect(Object.entries(nodeHeaders(given))).toEqual(expected);
  });

  test('every value once, in order, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'A', 'b', 'constructor'), fc.string())), (pairs) => {
        const made = nodeHeaders(pairs.flat());
        for (const name of ['a', 'b', 'constructor']) {
          const values = pairs.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
          const key = Object.keys(made).find((each) => each.toLowerCase() === name);
          expect([key === undefined ? [] : made[key]].flat()).toEqual(values);
        }
      }),
    );
  });
});
