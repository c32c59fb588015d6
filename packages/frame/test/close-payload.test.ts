import fc from 'fast-check';
import { checkClose, encodeClose, isCloseCode, MAX_REASON_BYTES, parseClose } from '../src/index.js';
import { hex, thrown } from './wire.js';

describe('payloads on the wire (RFC 6455 §5.5.1, §7.4, §8.1)', () => {
  test.each([
    ['empty', '', { code: 1005, reason: '' }],
    ['a code', '03e8', { code: 1000, reason: '' }],
    ['a code and a reason', '0fa1 c3a9', { code: 4001, reason: 'é' }],
    ['control characters in the reason', '03e8 000d0a1b', { code: 1000, reason: '\0\r\n\u001b' }],
    ['a byte order mark in the reason', '03e8 efbbbf61', { code: 1000, reason: '\ufeffa' }],
  ])('%s', (_, picture, expected) => {
    expect(parseClose(hex(picture))).toEqual(expected);
  });

  test.each([
    ['one byte', '03', 'CLOSE_LENGTH', 1002, 'RFC 6455 §5.5.1'],
    ['1005', '03ed', 'CLOSE_CODE', 1002, 'RFC 6455 §7.4'],
    ['0', '0000', 'CLOSE_CODE', 1002, 'RFC 6455 §7.4'],
    ['a cut reason', '03e8 e282', 'INVALID_UTF8', 1007, 'RFC 6455 §8.1'],
    ['a bad byte in the reason', '03e8 61ff62', 'INVALID_UTF8', 1007, 'RFC 6455 §8.1'],
  ])('%s', (_, picture, code, closeCode, section) => {
    expect(thrown(() => parseClose(hex(picture)))).toMatchObject({ code: `ERR_SOKKER_${code}`, closeCode, section });
  });
});

test.each([
  ['nothing yet', '', 2, undefined],
  ['length 1 is known before its byte', '', 1, 'CLOSE_LENGTH'],
  ['the first byte of a code', '03', 2, undefined],
  ['a first byte that no code has', '04', 2, 'CLOSE_CODE'],
  ['a reason that goes on', '03e8 e2', 5, undefined],
  ['a reason that cannot be finished', '03e8 e2', 4, 'INVALID_UTF8'],
  ['a reason that breaks before its end', '03e8 e228', 9, 'INVALID_UTF8'],
])('as it arrives: %s', (_, picture, declared, code) => {
  expect(checkClose(hex(picture), declared)).toBe(code && `ERR_SOKKER_${code}`);
});

describe('encodeClose', () => {
  test('is empty without a code', () => {
    expect(encodeClose()).toHaveLength(0);
  });

  test.each<[string, number | undefined, unknown, string]>([
    ['1005 is never sent', 1005, '', 'not 1005 (RFC 6455 §7.4)'],
    ['a string as code', '1000' as unknown as number, '', "3000-4999, not '1000' (RFC 6455 §7.4)"],
    ['an object as code', { code: 1000 } as unknown as number, '', 'not an object (RFC 6455 §7.4)'],
    ['a reason without a code', undefined, 'bye', 'needs a close code'],
    ['a reason that is no string', 1000, 1, 'must be a string'],
    ['124 bytes of reason', 1000, 'i'.repeat(124), '123 bytes as UTF-8, not 124 (RFC 6455 §5.5)'],
    ['124 bytes in 62 characters', 1000, 'é'.repeat(62), 'not 124'],
  ])('%s', (_, code, reason, message) => {
    const error = thrown(() => encodeClose(code, reason as string));
    expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT' });
    expect(error?.message).toContain(message);
  });

  test('123 bytes of reason fill a control frame', () => {
    expect(encodeClose(4999, 'i'.repeat(MAX_REASON_BYTES))).toHaveLength(125);
  });

  test('lone surrogates become U+FFFD', () => {
    expect(parseClose(encodeClose(1000, 'a\ud800')).reason).toBe('a\ufffd');
  });

  test('what it makes is parsed as it was', () => {
    const codes = fc.integer({ min: 1000, max: 4999 }).filter(isCloseCode);
    fc.assert(
      fc.property(codes, fc.string({ unit: 'grapheme', maxLength: 30 }), (code, text) => {
        const reason = Buffer.from(text)
          .subarray(0, MAX_REASON_BYTES)
          .toString('latin1')
          .replaceAll(/[^\0-\x7f]/g, '');
        expect(parseClose(encodeClose(code, reason))).toEqual({ code, reason });
      }),
    );
  });
});
