import fc from 'fast-check';
import { encodeRequest, encodeResponse, UsageError, type RequestHead, type ResponseHead } from '../src/index.js';

const REQUEST: RequestHead = { method: 'GET', target: '/', httpVersion: '1.1', rawHeaders: ['A', 'b'] };
const RESPONSE: ResponseHead = { httpVersion: '1.1', status: 101, reason: 'OK', rawHeaders: ['A', 'é'] };
const argument = expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }) as Error;

test('heads to the byte', () => {
  expect(encodeRequest(REQUEST).toString('latin1')).toBe('GET / HTTP/1.1\r\nA: b\r\n\r\n');
  expect(encodeResponse(RESPONSE).toString('latin1')).toBe('HTTP/1.1 101 OK\r\nA: \xe9\r\n\r\n');
  expect(encodeResponse({ ...RESPONSE, reason: '', body: Buffer.from('x') }).toString('latin1')).toBe(
    'HTTP/1.1 101 \r\nA: \xe9\r\n\r\nx',
  );
});

describe('what is no head is not written', () => {
  test.each([
    { method: '' },
    { method: 'G T' },
    { target: '' },
    { target: '/a b' },
    { target: '/\t' },
    { target: '/\r\n' },
    { target: '/\u010a' },
    { httpVersion: '1.0' },
    { rawHeaders: ['A'] },
    { rawHeaders: ['', 'b'] },
    { rawHeaders: ['A:', 'b'] },
    { rawHeaders: ['A', 'b\r\nC: d'] },
    { rawHeaders: ['A', '\0'] },
    { rawHeaders: ['A', '\u0d0a'] },
  ])('request with %j', (change) => {
    expect(() => encodeRequest({ ...REQUEST, ...change })).toThrow(argument);
  });

  test.each([
    { status: 99 },
    { status: 600 },
    { status: 200.5 },
    { reason: 'a\r\nb' },
    { reason: '\0' },
    { httpVersion: '2.0' },
    { rawHeaders: ['A', '\n'] },
    { rawHeaders: ['A\r', ''] },
  ])('response with %j', (change) => {
    expect(() => encodeResponse({ ...RESPONSE, ...change })).toThrow(argument);
  });

  test('whatever the strings: lines as many as headers, or a UsageError', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\r', '\n', '\0', '\u010d'));
    fc.assert(
      fc.property(text, text, fc.array(fc.tuple(text, text)), (first, second, headers) => {
        const rawHeaders = headers.flat();
        for (const encode of [
          () => encodeRequest({ ...REQUEST, method: first, target: second, rawHeaders }),
          () => encodeResponse({ ...RESPONSE, reason: first, rawHeaders }),
        ]) {
          try {
            const written = encode().toString('latin1');
            expect(written.split('\r\n')).toHaveLength(headers.length + 3);
            expect(written.replaceAll('\r\n', '')).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
