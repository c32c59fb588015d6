import fc from 'fast-check';
import { encodeRequest, encodeResponse, UsageError, type RequestHead, type ResponseHead } from '../src/index.js';

const REQUEST: RequestHead = { method: 'GET', target: '/', httpVersion: '1.1', rawHeaders: ['A', 'b'] };
const RESPONSE: ResponseHead = { httpVersion: '1.1', status: 101, reason: 'OK', rawHeaders: ['A', 'é'] };
const argument = expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }) as Error;

test('heads to the byte', () => {
  expect(encodeRequest(REQUEST).toString('latin1')).toBe('GET / HTTP/1.1\r\nA: b\r\n\r\n');
  expect(encodeRequest({ ...REQUEST, rawHeaders: ['A', 'é'] }).toString('latin1')).toContain('A: \xe9\r\n');
  expect(encodeResponse(RESPONSE).toString('latin1')).toBe('HTTP/1.1 101 OK\r\nA: \xe9\r\n\r\n');
  expect(encodeResponse({ ...RESPONSE, reason: '', body: Buffer.from('x') }).toString('latin1')).toBe(
    'HTTP/1.1 101 \r\nA: \xe9\r\n\r\nx',
  );
});

test.each([100, 599])('status %i is written', (status) => {
  expect(encodeResponse({ ...RESPONSE, status }).toString('latin1')).toContain(`HTTP/1.1 ${status} OK`);
});

describe('what is no head is not written', () => {
  const version = 'no HTTP/1.1 head: the HTTP version is not 1.1';
  const line = 'no HTTP/1.1 head: the method or target is malformed';
  const status = 'no HTTP/1.1 head: the status or reason is malformed';
  const name = 'no HTTP/1.1 head: a header name is not a token';
  const value = "no HTTP/1.1 head: the value of 'A' is malformed";

  test.each([
    [{ method: '' }, line],
    [{ method: 'G T' }, line],
    [{ target: '' }, line],
    [{ target: '/a b' }, line],
    [{ target: '/\t' }, line],
    [{ target: '/\r\n' }, line],
    [{ target: '/\u010a' }, line],
    [{ httpVersion: '1.0' }, version],
    [{ rawHeaders: ['A'] }, value],
    [{ rawHeaders: ['', 'b'] }, name],
    [{ rawHeaders: ['A:', 'b'] }, name],
    [{ rawHeaders: ['A', 'b\r\nC: d'] }, value],
    [{ rawHeaders: ['A', '\0'] }, value],
    [{ rawHeaders: ['A', '\u0d0a'] }, value],
  ])('request with %j', (change, message) => {
    expect(() => encodeRequest({ ...REQUEST, ...change })).toThrow(argument);
    expect(() => encodeRequest({ ...REQUEST, ...change })).toThrow(message);
  });

  test.each([
    [{ status: 99 }, status],
    [{ status: 600 }, status],
    [{ status: 200.5 }, status],
    [{ reason: 'a\r\nb' }, status],
    [{ reason: '\0' }, status],
    [{ httpVersion: '2.0' }, version],
    [{ rawHeaders: ['A', '\n'] }, value],
    [{ rawHeaders: ['A\r', ''] }, name],
  ])('response with %j', (change, message) => {
    expect(() => encodeResponse({ ...RESPONSE, ...change })).toThrow(argument);
    expect(() => encodeResponse({ ...RESPONSE, ...change })).toThrow(message);
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
