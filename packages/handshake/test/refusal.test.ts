import {
  encodeResponse,
  HandshakeError,
  refuse,
  RequestHeadReader,
  ResponseHeadReader,
  UsageError,
  VIOLATIONS,
  type RefuseOptions,
} from '../src/index.js';
import { valuesOf } from './requests.js';

describe('refuse, with the application’s reasons', () => {
  test('to the byte', () => {
    const refusal = refuse({ status: 401, headers: { 'WWW-Authenticate': 'Basic' }, body: 'Höflich: nein' });
    expect(encodeResponse(refusal).toString()).toBe(
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 14\r\nConnection: close\r\n\r\nHöflich: nein',
    );
    expect(refusal.error).toMatchObject({ code: 'ERR_SOKKER_REFUSED', status: 401, section: 'RFC 6455 §4.2.2' });
    expect(refusal.error.message).toContain(': status 401 (');
  });

  test('is 403 without a body when nothing is said', () => {
    expect(encodeResponse(refuse({})).toString()).toBe(
      'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
  });

  test.each([300, 302, 404, 418, 429, 503, 599])('any status of 3xx to 5xx: %d', (status) => {
    const reader = new ResponseHeadReader();
    expect(reader.read(encodeResponse(refuse({ status })))?.status).toBe(status);
  });

  test('a status that has no phrase has none', () => {
    expect(refuse({ status: 599 }).reason).toBe('');
  });

  test('a Content-Type given is kept, and none is given to bytes', () => {
    const html = refuse({ headers: { Vary: '*', 'content-type': 'text/html' }, body: '<p>' });
    expect(valuesOf(html.rawHeaders, 'content-type')).toEqual(['text/html']);
    expect(valuesOf(refuse({ body: Buffer.from('x') }).rawHeaders, 'content-type')).toEqual([]);
    const named = refuse({ headers: { Vary: 'Content-Type' }, body: 'x' });
    expect(valuesOf(named.rawHeaders, 'content-type')).toEqual(['text/plain; charset=utf-8']);
  });

  test('the body is copied', () => {
    const body = Buffer.from('abc');
    const refusal = refuse({ body });
    body.fill(0);
    expect(refusal.body.toString()).toBe('abc');
  });

  test('426 says what to upgrade to (RFC 9110 §15.5.22)', () => {
    const { rawHeaders } = refuse({ status: 426 });
    expect(valuesOf(rawHeaders, 'upgrade')).toEqual(['websocket']);
    expect(valuesOf(rawHeaders, 'connection')).toEqual(['close, Upgrade']);
  });

  test.each<[string, HandshakeError | RefuseOptions]>([
    ['of the application', { headers: { Vary: 'Upgrade', 'X-Hint': 'Upgrade' } }],
    ['of a rule', new HandshakeError('ERR_A', { section: '', text: '', headers: ['Vary', 'Upgrade'] })],
  ])('a value %s is no name: Connection tells of no Upgrade that is not there', (_, reason) => {
    expect(valuesOf(refuse(reason).rawHeaders, 'connection')).toEqual(['close']);
  });

  test.each(['Upgrade', 'upgrade'])(
    'an Upgrade of a rule is told of by Connection, however it is spelt: %s',
    (name) => {
      const error = new HandshakeError('ERR_A', { section: '', text: '', headers: [name, 'websocket'] });
      expect(valuesOf(refuse(error).rawHeaders, 'connection')).toEqual(['close, Upgrade']);
    },
  );

  test('304 has neither body nor length', () => {
    expect(refuse({ status: 304 }).rawHeaders).toEqual(['Connection', 'close']);
    expect(() => refuse({ status: 304, body: 'x' })).toThrow(
      new UsageError('ERR_SOKKER_OPTION', 'refuse: body may not follow status 304'),
    );
  });

  test('to HEAD, without a body; over HTTP/2, in lower case and without connections', () => {
    expect(refuse({ body: 'x' }, { method: 'HEAD' }).body).toHaveLength(0);
    const refusal = refuse({ status: 426, headers: { 'Retry-After': '1' }, body: 'x' }, { httpVersion: '2.0' });
    expect(refusal.rawHeaders).toEqual([
      'retry-after',
      '1',
      'content-type',
      'text/plain; charset=utf-8',
      'content-length',
      '1',
    ]);
    expect(() => encodeResponse(refusal)).toThrow(TypeError);
  });

  test.each([
    { status: 200 },
    { status: 101 },
    { status: 299 },
    { status: 600 },
    { status: '403' },
    { status: 403.5 },
    { status: NaN },
    { body: 1 },
    { headers: { 'Content-Length': '1' } },
    { headers: { Location: '/\r\nX: 1' } },
    null,
    403,
  ])('wrong options: %p', (options) => {
    expect(() => refuse(options as object)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
  });

  test('an unknown option is named', () => {
    expect(() => refuse({ code: 1 } as object)).toThrow(
      new UsageError('ERR_SOKKER_OPTION', "refuse has no option 'code'"),
    );
  });
});

describe('refuse, for a rule that was broken', () => {
  test('takes status and headers from the rule, and says which', () => {
    let error: unknown;
    try {
      new RequestHeadReader({ maxHeaders: 1 }).read(Buffer.from('GET / HTTP/1.1\r\nA: b\r\nA: b\r\n\r\n'));
    } catch (thrown) {
      error = thrown;
    }
    const refusal = refuse(error as HandshakeError);
    expect(encodeResponse(refusal).toString()).toBe(
      'HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 54\r\n' +
        'Connection: close\r\n\r\nthe head has more headers than allowed (RFC 6585 §5)\n',
    );
    expect(refusal.error).toBe(error);
  });

  test('every rule with a status can be sent', () => {
    for (const [code, violation] of Object.entries(VIOLATIONS)) {
      const refusal = refuse(new HandshakeError(code, violation));
      expect(refusal.status).toBe('status' in violation ? violation.status : 400);
      expect(refusal.reason).not.toBe('');
      expect(new ResponseHeadReader().read(encodeResponse(refusal))?.status).toBe(refusal.status);
    }
  });
});
