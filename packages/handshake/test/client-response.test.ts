import fc from 'fast-check';
import {
  accept,
  createRequest,
  encodeResponse,
  examine,
  HandshakeError,
  verifyResponse,
  type Agreement,
  type Extension,
  type ResponseHead,
} from '../src/index.js';
import { parameters, toy } from './extensions.js';
import { ACCEPT, headersWith, KEY, type Changes } from './requests.js';

const RESPONSE: readonly (readonly [string, string])[] = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Accept', ACCEPT],
];

function responseWith(changes: Changes = {}, rest: Partial<ResponseHead> = {}): ResponseHead {
  const rawHeaders = headersWith(changes, RESPONSE);
  return { httpVersion: '1.1', status: 101, reason: 'Switching Protocols', rawHeaders, ...rest };
}

function verify(
  changes: Changes,
  rest: Partial<ResponseHead> = {},
  extensions: Extension<string>[] = [toy()],
): Agreement<string> {
  const randomBytes = (): Buffer => Buffer.from(KEY, 'base64');
  const request = createRequest('ws://h', { subprotocols: ['chat', 'superchat'], extensions, randomBytes });
  const answer = verifyResponse(request, responseWith(changes, rest));
  if (answer.type !== 'agreement') throw new Error('was declined');
  return answer;
}

type Row = readonly [name: string, changes: Changes, rest?: Partial<ResponseHead>];

const EXTENSIONS = 'Sec-WebSocket-Extensions';
const PROTOCOL = 'Sec-WebSocket-Protocol';

const ACCEPTED: readonly Row[] = [
  ['the response of RFC 6455 §1.3', {}],
  ['upper case', { Upgrade: 'WebSocket', Connection: 'UPGRADE' }],
  ['Connection with more', { Connection: ['keep-alive', 'x, upgrade'] }],
  ['space around Accept', { 'Sec-WebSocket-Accept': ` \t${ACCEPT} ` }],
  ['a subprotocol of ours', { [PROTOCOL]: 'superchat' }],
  ['an extension of ours', { [EXTENSIONS]: 'toy; level=1' }],
  ['another reason', {}, { reason: '' }],
];

const REFUSED: readonly (readonly [code: string, ...Row])[] = [
  ['ERR_SOKKER_RESPONSE_VERSION', 'HTTP/1.0', {}, { httpVersion: '1.0' }],
  ['ERR_SOKKER_RESPONSE_UPGRADE', 'no Upgrade', { Upgrade: undefined }],
  ['ERR_SOKKER_RESPONSE_UPGRADE', 'another Upgrade', { Upgrade: 'h2c' }],
  ['ERR_SOKKER_RESPONSE_UPGRADE', 'Upgrade with more', { Upgrade: 'websocket, h2c' }],
  ['ERR_SOKKER_RESPONSE_UPGRADE', 'Upgrade twice', { Upgrade: ['websocket', 'websocket'] }],
  ['ERR_SOKKER_RESPONSE_CONNECTION', 'no Connection', { Connection: undefined }],
  ['ERR_SOKKER_RESPONSE_CONNECTION', 'Connection without upgrade', { Connection: 'close, upgraded' }],
  ['ERR_SOKKER_ACCEPT', 'no Accept', { 'Sec-WebSocket-Accept': undefined }],
  ['ERR_SOKKER_ACCEPT', 'the wrong Accept', { 'Sec-WebSocket-Accept': ACCEPT.toLowerCase() }],
  ['ERR_SOKKER_ACCEPT', 'an empty Accept', { 'Sec-WebSocket-Accept': '' }],
  ['ERR_SOKKER_ACCEPT', 'the key itself', { 'Sec-WebSocket-Accept': KEY }],
  ['ERR_SOKKER_ACCEPT', 'Accept twice', { 'Sec-WebSocket-Accept': [ACCEPT, ACCEPT] }],
  ['ERR_SOKKER_RESPONSE_BODY', 'Content-Length', { 'Content-Length': '5' }],
  ['ERR_SOKKER_RESPONSE_BODY', 'Content-Length: 0', { 'Content-Length': '0' }],
  ['ERR_SOKKER_RESPONSE_BODY', 'Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
  ['ERR_SOKKER_RESPONSE_SUBPROTOCOL', 'a subprotocol not asked for', { [PROTOCOL]: 'other' }],
  ['ERR_SOKKER_RESPONSE_SUBPROTOCOL', 'a subprotocol in other case', { [PROTOCOL]: 'Chat' }],
  ['ERR_SOKKER_RESPONSE_SUBPROTOCOL', 'two subprotocols', { [PROTOCOL]: 'chat, superchat' }],
  ['ERR_SOKKER_RESPONSE_SUBPROTOCOL', 'the header twice', { [PROTOCOL]: ['chat', 'chat'] }],
  ['ERR_SOKKER_RESPONSE_SUBPROTOCOL', 'an empty subprotocol', { [PROTOCOL]: '' }],
  ['ERR_SOKKER_EXTENSION_UNASKED', 'an extension not asked for', { [EXTENSIONS]: 'foo' }],
  ['ERR_SOKKER_EXTENSION_UNASKED', 'a name of Object.prototype', { [EXTENSIONS]: '__proto__' }],
  ['ERR_SOKKER_EXTENSION_TWICE', 'an extension twice', { [EXTENSIONS]: 'toy; level=1, toy; level=1' }],
  ['ERR_SOKKER_EXTENSIONS_REPEATED', 'the header twice', { [EXTENSIONS]: ['toy; level=1', 'toy; level=1'] }],
  ['ERR_SOKKER_EXTENSION_PARAMETERS', 'a bad parameter', { [EXTENSIONS]: 'toy; level=x' }],
  ['ERR_SOKKER_EXTENSION_PARAMETERS', 'an undefined parameter', { [EXTENSIONS]: 'toy; level=1; b' }],
  ['ERR_SOKKER_EXTENSION_PARAMETERS', 'a parameter twice', { [EXTENSIONS]: 'toy; level=1; level=1' }],
  ['ERR_SOKKER_EXTENSIONS', 'malformed extensions', { [EXTENSIONS]: 'toy;' }],
  ['ERR_SOKKER_EXTENSIONS', 'an empty list of extensions', { [EXTENSIONS]: '' }],
  ['ERR_SOKKER_HEADER_VALUE', 'LF in a value', { X: 'a\nb' }],
  ['ERR_SOKKER_HEADER_NAME', 'a name that is no token', { 'X Y': '1' }],
  ['ERR_SOKKER_LIST', 'a Connection of 65', { Connection: Array(65).fill('upgrade').join() }],
  ['ERR_SOKKER_TOO_MANY_HEADERS', '101 headers', { X: Array<string>(98).fill('1') }],
  ['ERR_SOKKER_HEAD_TOO_BIG', '1 MB of headers', { X: 'a'.repeat(1e6) }],
];

describe('verifyResponse (RFC 6455 §4.1)', () => {
  for (const [name, changes, rest] of ACCEPTED) {
    test(`agrees to ${name}`, () => expect(verify(changes, rest).type).toBe('agreement'));
  }

  for (const [code, name, changes, rest] of REFUSED) {
    test(`${code}: ${name}`, () => {
      expect(() => verify(changes, rest)).toThrow(HandshakeError);
      expect(() => verify(changes, rest)).toThrow(expect.objectContaining({ code, status: undefined }));
    });
  }

  test('has what was agreed', () => {
    const agreement = verify({ [PROTOCOL]: 'chat', [EXTENSIONS]: 'b; level=2, a; level=1', X: '1' }, {}, [
      toy('a'),
      toy('b'),
    ]);
    expect(agreement).toMatchObject({
      subprotocol: 'chat',
      extensions: [
        { name: 'b', session: '2', parameters: parameters({ level: '2' }) },
        { name: 'a', session: '1' },
      ],
    });
    expect(agreement.headers.get('x')).toBe('1');
    expect(verify({})).toMatchObject({ subprotocol: undefined, extensions: [] });
  });

  test('an extension that made no offer was not asked for', () => {
    expect(() => verify({ [EXTENSIONS]: 'toy; level=1' }, {}, [toy('toy', [])])).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_EXTENSION_UNASKED' }),
    );
  });

  test.each([
    ['x'.repeat(65), `: ${'x'.repeat(64)} (`],
    ['toy; level=1, toy; level=1', ': toy ('],
    [`toy; ${'y'.repeat(65)}; ${'y'.repeat(65)}`, `: toy repeats ${'y'.repeat(64)} (`],
  ])('says what of %s it refuses, cut to 64 characters', (value, detail) => {
    expect(() => verify({ [EXTENSIONS]: value })).toThrow(detail);
  });

  test('what an extension throws: its HandshakeError as it is, anything else as the cause of one', () => {
    const own = new HandshakeError('ERR_SOKKER_TOY', { section: 'RFC 7692 §7.1', text: 'no' }, { role: 'client' });
    const throwing = (error: Error): Extension<string> => ({
      ...toy(),
      confirm: () => {
        throw error;
      },
    });
    const header = { [EXTENSIONS]: 'toy; level=1' };
    expect(() => verify(header, {}, [throwing(own)])).toThrow(own);
    const cause = new RangeError('level');
    expect(() => verify(header, {}, [throwing(cause)])).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_EXTENSION_PARAMETERS', cause }),
    );
  });

  test.each([200, 301, 401, 403, 426, 503, 100, 999])('status %d is no violation: what the server said', (status) => {
    const request = createRequest('ws://h');
    const response = responseWith({ 'Retry-After': '5' }, { status, reason: 'x', httpVersion: '1.0' });
    const answer = verifyResponse(request, response);
    expect(answer).toMatchObject({ type: 'declined', status, reason: 'x' });
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  test('bounds are options', () => {
    const request = createRequest('ws://h');
    const response = responseWith({}, { status: 404 });
    expect(() => verifyResponse(request, response, { maxHeaders: 2 })).toThrow(HandshakeError);
    expect(() => verifyResponse(request, response, { maxHeadBytes: 64 })).toThrow(HandshakeError);
    expect(() => verifyResponse(request, response, { maxHeaders: 0 })).toThrow(TypeError);
    expect(() => verifyResponse(request, response, { maxHeaders: 0 })).toThrow('verifyResponse: maxHeaders');
  });

  test('all of a head counts, its reason too', () => {
    const request = createRequest('ws://h');
    const response = responseWith({}, { status: 404, reason: 'Not Found' });
    const { length } = encodeResponse(response);
    expect(verifyResponse(request, response, { maxHeadBytes: length }).type).toBe('declined');
    expect(() => verifyResponse(request, response, { maxHeadBytes: length - 1 })).toThrow(HandshakeError);
  });

  test('agrees to whatever our own server accepts', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.uniqueArray(name),
        fc.uniqueArray(name),
        fc.option(name, { nil: undefined }),
        (asked, known, chosen) => {
          const request = createRequest('wss://h/', {
            subprotocols: asked,
            extensions: asked.map((each) => toy(each)),
          });
          const offer = examine({ ...request, secure: true });
          if (offer.type !== 'offer') throw offer.error;
          const subprotocol = chosen !== undefined && asked.includes(chosen) ? chosen : undefined;
          const answer = accept(offer, { subprotocol, extensions: known.map((each) => toy(each)) });
          const both = asked.filter((each) => known.includes(each)).map((each) => ({ name: each, session: '1' }));
          expect(verifyResponse(request, answer)).toMatchObject({ type: 'agreement', subprotocol, extensions: both });
        },
      ),
    );
  });
});
