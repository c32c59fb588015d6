import fc from 'fast-check';
import { encodeRequest, HandshakeError, RequestHeadReader, UpgradePolicy, type RequestHead } from '../src/index.js';
import { chunkings } from './chunkings.js';
import { BAD_FIELDS, GOOD_FIELDS, latin1 } from './heads.js';

const LINE = 'GET /chat HTTP/1.1\r\n';

interface Outcome {
  readonly head?: RequestHead;
  readonly rest?: string;
  readonly code?: string;
  readonly status?: number | undefined;
  /** Offset of the byte at which it was known; only told by single bytes. */
  readonly at?: number;
}

/** Overwrites each chunk once it was read: what the reader answers may not lean on it. */
function readAll(chunks: readonly Buffer[], options = {}): Outcome {
  const reader = new RequestHeadReader(options);
  let head: RequestHead | undefined;
  const rest: Buffer[] = [];
  let at = -1;
  try {
    for (const chunk of chunks) {
      at += chunk.length;
      if (head === undefined) {
        head = reader.read(chunk);
        rest.push(Buffer.from(reader.rest));
        chunk.fill(0);
      } else rest.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    return { code: error.code, status: error.status, at };
  }
  return head === undefined ? {} : { head, rest: Buffer.concat(rest).toString('latin1') };
}

function expectAll(text: string, outcome: Outcome, options = {}): void {
  for (const [name, chunks] of chunkings(latin1(text))) {
    const { at, ...seen } = readAll(chunks, options);
    expect([name, seen]).toEqual([name, outcome]);
    expect(at ?? 0).toBeLessThan(text.length);
  }
}

describe('RequestHeadReader (RFC 9112 §2.2, §3, §5)', () => {
  for (const [fields, rawHeaders] of GOOD_FIELDS) {
    test(`reads ${JSON.stringify(fields)}`, () => {
      const head = { method: 'GET', target: '/chat', httpVersion: '1.1', rawHeaders };
      expectAll(`${LINE}${fields}\x81\x85\r\n\r\n`, { head, rest: '\x81\x85\r\n\r\n' });
    });
  }

  for (const [code, fields] of BAD_FIELDS) {
    test(`refuses ${JSON.stringify(fields)}`, () => {
      expectAll(`${LINE}${fields}`, { code, status: 400 });
      expectAll(`${LINE}Host: a\r\n${fields}`, { code, status: 400 });
    });
  }

  test.each([
    'GET /chat\r\n\r\n', // HTTP/0.9
    'GET  HTTP/1.1\r\n\r\n',
    'GET HTTP/1.1\r\n\r\n',
    'GET  /chat HTTP/1.1\r\n\r\n',
    'GET /chat  HTTP/1.1\r\n\r\n',
    'GET /a b HTTP/1.1\r\n\r\n',
    ' GET /chat HTTP/1.1\r\n\r\n',
    'GET /chat HTTP/1.1 \r\n\r\n',
    'GET\t/chat\tHTTP/1.1\r\n\r\n',
    'GET /chat http/1.1\r\n\r\n',
    'GET /chat HTTP/1.1x\r\n\r\n',
    'GET /chat HTTP/11\r\n\r\n',
    'GET /chat HTTP/a.b\r\n\r\n',
    'GET /chat HTTP/1x1\r\n\r\n',
    'GET /chat HTTP/1.-\r\n\r\n',
    'G(T /chat HTTP/1.1\r\n\r\n',
    ' /chat HTTP/1.1\r\n\r\n',
    'HTTP/1.1\r\n\r\n',
    '\r\n\r\nGET /chat HTTP/1.1\r\n\r\n', // RFC 9112 §2.2: one empty line is enough
    '\x16\x03\x01\x02\x00\x01\x00', // TLS
    'GET /\0 HTTP/1.1\r\n\r\n',
  ])('refuses the first line of %j', (text) => {
    expectAll(text, { code: 'ERR_SOKKER_START_LINE', status: 400 });
  });

  test('skips one empty line before the request (RFC 9112 §2.2)', () => {
    const head = { method: 'GET', target: '/chat', httpVersion: '1.1', rawHeaders: ['A', 'b'] };
    expectAll(`\r\n${LINE}A: b\r\n\r\nrest`, { head, rest: 'rest' });
    expectAll(`\r\nGET /${'a'.repeat(99)}`, { code: 'ERR_SOKKER_TARGET_TOO_LONG', status: 414 }, { maxHeadBytes: 64 });
  });

  test.each(['\rGET / HTTP/1.1\r\n', '\r\n\n', 'GET / HTTP/1.1\n', 'GET / HTTP/1.1\rX', 'GET / HTTP/1.1\r\r\n', '\n'])(
    'refuses the line end of %j',
    (text) => {
      expectAll(text, { code: 'ERR_SOKKER_LINE_ENDING', status: 400 });
    },
  );

  test.each(['1.0', '1.2', '0.9', '2.0', '9.9'])('refuses HTTP/%s at its line, whatever follows', (version) => {
    expectAll(`GET / HTTP/${version}\r\n\0`, { code: 'ERR_SOKKER_HTTP_VERSION', status: 505 });
    expect(() => new RequestHeadReader().read(latin1(`GET / HTTP/${version}\r\n`))).toThrow(`: HTTP/${version} (`);
  });

  test('knows a violation at its byte', () => {
    const bytes = latin1(`${LINE}Host: a\r\nB : c\r\n\r\n`);
    const outcome = readAll(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect(outcome).toMatchObject({ code: 'ERR_SOKKER_HEADER_NAME', at: bytes.indexOf(' :') });
  });

  describe('bounds', () => {
    const head = `${LINE}A: ${'b'.repeat(74)}\r\n\r\n`;
    const big = { code: 'ERR_SOKKER_HEAD_TOO_BIG', status: 431 };

    test('a head of exactly the bound is read; the bytes after it do not count', () => {
      expect(head).toHaveLength(101);
      const read = readAll([latin1(`${head}${'x'.repeat(200)}`)], { maxHeadBytes: 101 });
      expect(read.rest).toHaveLength(200);
      for (const [, chunks] of chunkings(latin1(head))) {
        expect(readAll(chunks, { maxHeadBytes: 101 }).rest).toBe('');
      }
    });

    test('one byte more is refused, wherever the chunks end', () => {
      expectAll(head, big, { maxHeadBytes: 100 });
      expectAll(head, big, { maxHeadBytes: 30 });
      expect(() => new RequestHeadReader({ maxHeadBytes: 30 }).read(latin1(head))).toThrow('over 30 bytes');
    });

    test('nothing past the bound is judged', () => {
      expectAll(`${LINE}Host(: a\r\n\r\n`, big, { maxHeadBytes: LINE.length + 2 });
    });

    test('by default at 16 384 bytes', () => {
      const filled = (bytes: number): Buffer => latin1(`${LINE}A: ${'b'.repeat(bytes - LINE.length - 7)}\r\n\r\n`);
      expect(readAll([filled(16384)]).rest).toBe('');
      expect(readAll([filled(16385)])).toMatchObject(big);
      const dribbled = Array.from(filled(16385), (byte) => Buffer.from([byte]));
      expect(readAll(dribbled)).toMatchObject({ ...big, at: 16383 });
    });

    test('a target that long has a status of its own', () => {
      const long = { code: 'ERR_SOKKER_TARGET_TOO_LONG', status: 414 };
      expectAll(`GET /${'a'.repeat(99)}`, long, { maxHeadBytes: 64 });
      expectAll(LINE, long, { maxHeadBytes: LINE.length - 1 });
    });

    test('headers are counted', () => {
      const many = (count: number): string => `${LINE}${'A: b\r\n'.repeat(count)}\r\n`;
      expect(readAll([latin1(many(100))]).rest).toBe('');
      expect(readAll([latin1(many(101))])).toMatchObject({ code: 'ERR_SOKKER_TOO_MANY_HEADERS', status: 431 });
      expectAll(many(3), { code: 'ERR_SOKKER_TOO_MANY_HEADERS', status: 431 }, { maxHeaders: 2 });
    });

    test('Infinity lifts them', () => {
      const text = `${LINE}${`A: ${'b'.repeat(1000)}\r\n`.repeat(200)}\r\n`;
      const bytes = latin1(text);
      const limits = { maxHeadBytes: Infinity, maxHeaders: Infinity };
      expect(readAll([bytes.subarray(0, 1000), bytes.subarray(1000)], limits).head?.rawHeaders).toHaveLength(400);
    });

    test.each([{ maxHeadBytes: 0 }, { maxHeadBytes: 1.5 }, { maxHeaders: '9' }, { maxHeaders: NaN }, { max: 1 }, null])(
      'wrong ones throw at construction: %p',
      (options) => {
        const make = (): unknown => new RequestHeadReader(options as object);
        expect(make).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
        expect(make).toThrow('RequestHeadReader');
      },
    );
  });

  test('copies each byte of a dribbled head a bounded number of times', () => {
    const bytes = latin1(`${LINE}${`Header-Name: some value\r\n`.repeat(99)}\r\n`);
    const spy = jest.spyOn(Buffer.prototype, 'copy');
    try {
      for (const size of [1, 2, 7, 100]) {
        spy.mockClear();
        const reader = new RequestHeadReader();
        for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
        const copied = spy.mock.calls.reduce((sum, call) => sum + Number(call[3]) - Number(call[2]), 0);
        expect(copied).toBeLessThanOrEqual(3 * bytes.length);
      }
    } finally {
      spy.mockRestore();
    }
  });

  test('after a failure gives the same error; after the head, the caller is wrong', () => {
    const reader = new RequestHeadReader();
    const errors = [1, 2].map(() => {
      try {
        reader.read(latin1('\0'));
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect(errors[0]).toBeInstanceOf(HandshakeError);
    expect(errors[1]).toBe(errors[0]);
    expect(() => reader.end()).not.toThrow();

    const done = new RequestHeadReader();
    done.read(latin1(`${LINE}\r\n`));
    done.end();
    expect(() => done.read(latin1('x'))).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT', message: 'the head has been read' }),
    );
  });

  test('an end within the head is told', () => {
    const reader = new RequestHeadReader();
    expect(reader.read(latin1(LINE))).toBeUndefined();
    expect(reader.rest).toHaveLength(0);
    expect(() => reader.end()).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_HEAD_TRUNCATED' }));
  });

  test('takes any Uint8Array, and nothing else', () => {
    const text = latin1(`xx${LINE}\r\nrest`);
    const view = new Uint8Array(text.buffer, text.byteOffset + 2, text.length - 2);
    const reader = new RequestHeadReader();
    expect(reader.read(view)?.target).toBe('/chat');
    expect(reader.rest.toString()).toBe('rest');
    const code = 'ERR_SOKKER_ARGUMENT';
    const message = 'a head is read from bytes: the chunk must be a Uint8Array';
    expect(() => new RequestHeadReader().read('GET' as unknown as Buffer)).toThrow(
      expect.objectContaining({ code, message }),
    );
  });

  test('a mistake of the caller is not the end of the head', () => {
    const reader = new RequestHeadReader();
    expect(() => reader.read('GET' as unknown as Buffer)).toThrow(TypeError);
    expect(() => reader.end()).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_HEAD_TRUNCATED' }));
    expect(reader.read(latin1(`${LINE}\r\n`))?.method).toBe('GET');
  });

  test('nothing after the head: the rest is no view that keeps the chunk alive', () => {
    const reader = new RequestHeadReader();
    const chunk = latin1(`${LINE}\r\n`);
    reader.read(chunk);
    expect(reader.rest).toHaveLength(0);
    expect(reader.rest.buffer).not.toBe(chunk.buffer);
  });

  test('keeps no chunk of which it read a part', () => {
    const reader = new RequestHeadReader();
    const chunk = latin1(LINE.slice(0, 5));
    reader.read(chunk);
    chunk.fill(0);
    expect(reader.read(latin1(`${LINE.slice(5)}\r\n`))?.method).toBe('GET');
  });
});

test('what encodeRequest writes is read back, in any chunks', () => {
  const token = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '9', '!', '~', '-'), minLength: 1, maxLength: 8 });
  const inner = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', ':', 'é', 'ÿ'), maxLength: 12 });
  const value = inner.map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''));
  fc.assert(
    fc.property(
      token,
      token,
      fc.array(fc.tuple(token, value), { maxLength: 10 }),
      fc.uint8Array(),
      fc.array(fc.nat(40)),
      (method, path, headers, tail, cuts) => {
        const head: RequestHead = { method, target: `/${path}`, httpVersion: '1.1', rawHeaders: headers.flat() };
        const bytes = Buffer.concat([encodeRequest(head), tail]);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) chunks.push(Buffer.from(bytes.subarray(at, (at += cut))));
        chunks.push(Buffer.from(bytes.subarray(at)));
        expect(readAll(chunks)).toEqual({ head, rest: Buffer.from(tail).toString('latin1') });
      },
    ),
  );
});

test('arbitrary bytes: the same outcome in any chunks, and no other error', () => {
  const piece = fc.constantFrom(
    'GET ',
    '/ ',
    'HTTP/1.1',
    '\r\n',
    '\r',
    '\n',
    'A',
    ':',
    ' ',
    'b',
    '\0',
    '\xff',
    '\r\n\r\n',
    LINE,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('');
      const whole = readAll([latin1(text)]);
      const single = readAll(Array.from(latin1(text), (byte) => Buffer.from([byte])));
      expect({ ...single, at: undefined }).toEqual({ ...whole, at: undefined });
    }),
    { numRuns: 5000 },
  );
});

test('a policy brings its bounds along', () => {
  const reader = new RequestHeadReader(new UpgradePolicy({ maxHeaders: 1 }));
  const head = Buffer.from(`${LINE}A: 1\r\nB: 2\r\n\r\n`);
  expect(() => reader.read(head)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_TOO_MANY_HEADERS' }));
});
