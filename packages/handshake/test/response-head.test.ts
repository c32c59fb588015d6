import { encodeResponse, HandshakeError, ResponseHeadReader, type ResponseHead } from '../src/index.js';
import { chunkings } from './chunkings.js';
import { BAD_FIELDS, GOOD_FIELDS, latin1 } from './heads.js';

const LINE = 'HTTP/1.1 101 Switching Protocols\r\n';

interface Outcome {
  readonly head?: ResponseHead;
  readonly rest?: string;
  readonly code?: string;
}

function readAll(chunks: readonly Buffer[], options = {}): Outcome {
  const reader = new ResponseHeadReader(options);
  let head: ResponseHead | undefined;
  const rest: Buffer[] = [];
  try {
    for (const chunk of chunks) {
      if (head === undefined) {
        head = reader.read(chunk);
        rest.push(Buffer.from(reader.rest));
        chunk.fill(0);
      } else rest.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    expect(error.status).toBeUndefined();
    return { code: error.code };
  }
  return head === undefined ? {} : { head, rest: Buffer.concat(rest).toString('latin1') };
}

function expectAll(text: string, outcome: Outcome, options = {}): void {
  for (const [name, chunks] of chunkings(latin1(text)))
    expect([name, readAll(chunks, options)]).toEqual([name, outcome]);
}

const switching = { httpVersion: '1.1', status: 101, reason: 'Switching Protocols' };

describe('ResponseHeadReader (RFC 9112 §4)', () => {
  for (const [fields, rawHeaders] of GOOD_FIELDS) {
    test(`reads ${JSON.stringify(fields)}`, () => {
      expectAll(`${LINE}${fields}\x81\r\n`, { head: { ...switching, rawHeaders }, rest: '\x81\r\n' });
    });
  }

  for (const [code, fields] of BAD_FIELDS) {
    test(`refuses ${JSON.stringify(fields)}`, () => expectAll(`${LINE}${fields}`, { code }));
  }

  test.each([
    ['HTTP/1.1 200 OK', { httpVersion: '1.1', status: 200, reason: 'OK' }],
    ['HTTP/1.0 403 No  way\t\xe9', { httpVersion: '1.0', status: 403, reason: 'No  way\t\xe9' }],
    ['HTTP/1.1 101 ', { httpVersion: '1.1', status: 101, reason: '' }],
    ['HTTP/1.1 101', { httpVersion: '1.1', status: 101, reason: '' }],
    ['HTTP/1.1 999 Odd', { httpVersion: '1.1', status: 999, reason: 'Odd' }],
  ])('reads %j', (line, head) => {
    expectAll(`${line}\r\n\r\n`, { head: { ...head, rawHeaders: [] }, rest: '' });
  });

  test.each([
    ['HTTP/1.1 1', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1 10a x', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1 1011 x', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1 099 x', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1  101 x', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1101', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1x101 x', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/1.1 10', 'ERR_SOKKER_STATUS_LINE'],
    ['http/1.1 101 x', 'ERR_SOKKER_STATUS_LINE'],
    ['ICY 200 OK', 'ERR_SOKKER_STATUS_LINE'],
    ['HTTP/2.0 101 x', 'ERR_SOKKER_HTTP_VERSION'],
    ['\x00', 'ERR_SOKKER_STATUS_LINE'],
    ['\r\nHTTP/1.1 101 x', 'ERR_SOKKER_STATUS_LINE'],
  ])('refuses %j', (line, code) => {
    expectAll(`${line}\r\n\r\n`, { code });
  });

  test('passes over 16 interim responses, and not one more', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
    expectAll(`${interim}HTTP/1.1 100 \r\n\r\n${LINE}\r\nx`, { head: { ...switching, rawHeaders: [] }, rest: 'x' });
    expect(readAll([latin1(`${interim.repeat(16)}${LINE}\r\n`)]).rest).toBe('');
    const many = latin1(`${interim.repeat(1000)}${LINE}\r\n`);
    expect(readAll([many])).toEqual({ code: 'ERR_SOKKER_TOO_MANY_INTERIM' });
    expectAll(interim.repeat(17), { code: 'ERR_SOKKER_TOO_MANY_INTERIM' });
    const reader = new ResponseHeadReader();
    expect(() => reader.read(many)).toThrow(HandshakeError);
    expect(reader.rest).toHaveLength(0);
  });

  test('is bounded as a request is', () => {
    const text = `${LINE}A: ${'b'.repeat(100)}\r\n\r\n`;
    expectAll(text, { code: 'ERR_SOKKER_HEAD_TOO_BIG' }, { maxHeadBytes: 64 });
    expectAll(text, { code: 'ERR_SOKKER_HEAD_TOO_BIG' }, { maxHeadBytes: 8 });
    expect(readAll([latin1(`${LINE}A: ${'b'.repeat(1e6)}`)])).toEqual({ code: 'ERR_SOKKER_HEAD_TOO_BIG' });
    expectAll(`${LINE}A: b\r\nA: b\r\n\r\n`, { code: 'ERR_SOKKER_TOO_MANY_HEADERS' }, { maxHeaders: 1 });
    expect(() => new ResponseHeadReader({ maxHeaders: 0 })).toThrow('ResponseHeadReader: maxHeaders');
  });

  test('tells an end within the head, and a call after it', () => {
    const reader = new ResponseHeadReader();
    reader.read(latin1('HTTP/1.1 100 \r\n\r\nHTTP/1.1'));
    expect(reader.rest).toHaveLength(0);
    expect(() => reader.end()).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_HEAD_TRUNCATED', status: undefined }),
    );
    reader.read(latin1(' 200 \r\n\r\n'));
    reader.end();
    expect(() => reader.read(latin1('x'))).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT', message: 'the head has been read' }),
    );
    const mistaken = new ResponseHeadReader();
    expect(() => mistaken.read('HTTP' as unknown as Buffer)).toThrow(TypeError);
    expect(() => mistaken.end()).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_HEAD_TRUNCATED' }));
    const failed = new ResponseHeadReader();
    expect(() => failed.read(latin1('\0'))).toThrow(HandshakeError);
    expect(() => failed.read(latin1(LINE))).toThrow(HandshakeError);
  });
});

test('what encodeResponse writes is read back', () => {
  const head = { httpVersion: '1.1', status: 503, reason: 'Later', rawHeaders: ['Retry-After', '5', 'X', ''] };
  expect(readAll([encodeResponse({ ...head, body: Buffer.from('later') })])).toEqual({ head, rest: 'later' });
});
