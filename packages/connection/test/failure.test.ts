import { LimitError, MAX_REASON_BYTES } from '@sokker/frame';
import { ConnectionError, VIOLATIONS } from '../src/index.js';
import { closed, codeOf, cut } from '../src/failure.js';

test('the end of a connection as an error', () => {
  expect(closed()).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
  expect(closed()).not.toBe(closed());
});

test('the close code of an error, where it may stand on the wire', () => {
  expect(codeOf(new ConnectionError('ERR_SOKKER_TOO_SLOW'))).toBe(1008);
  expect(codeOf(new LimitError('X', VIOLATIONS.ERR_SOKKER_MESSAGE_RATE, 1, 2))).toBe(1008);
  expect(codeOf(new ConnectionError('ERR_SOKKER_CLOSED'))).toBeUndefined();
  expect(codeOf(new Error('of the application'))).toBeUndefined();
  expect(codeOf(Object.assign(new Error('odd'), { closeCode: '1008' }))).toBeUndefined();
});

test.each(['', 'short', 'é'.repeat(61), 'é'.repeat(100), '🦦'.repeat(40), 'a'.repeat(123), 'a'.repeat(124)])(
  'a reason holds 123 bytes and no half character: %s',
  (text) => {
    const reason = cut(text);
    expect(text.startsWith(reason)).toBe(true);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(MAX_REASON_BYTES);
    expect(Buffer.from(reason).toString()).toBe(reason);
    if (Buffer.byteLength(text) <= MAX_REASON_BYTES) expect(reason).toBe(text);
    else expect(Buffer.byteLength(reason)).toBeGreaterThan(MAX_REASON_BYTES - 4);
  },
);
