import { isCloseCode } from '@sokker/frame';
import { asError, ConnectionError, VIOLATIONS, type ViolationCode } from '../src/index.js';
import { connectionLost } from '../src/errors.js';

test.each(Object.keys(VIOLATIONS) as ViolationCode[])('%s', (code) => {
  const cause = new Error('cause');
  const error = new ConnectionError(code, { cause });
  const { section, closeCode, text } = VIOLATIONS[code];
  expect(error).toMatchObject({ name: 'ConnectionError', code, section, closeCode, cause });
  expect(error.message).toBe(`${text} (${section})`);
  expect(code).toMatch(/^ERR_SOKKER_[A-Z_]+$/);
  expect(section).toMatch(/^RFC \d+ §\d/);
  // 1006 is reported and never sent.
  expect(closeCode === 1006 || isCloseCode(closeCode)).toBe(true);
});

test.each([undefined, null, 'text', { message: 'x' }])('what is thrown and is no Error becomes one: %j', (thrown) => {
  expect(asError(thrown)).toMatchObject({ code: 'ERR_SOKKER_HANDLER', cause: thrown });
});

test('an Error stays what it is', () => {
  const thrown = new RangeError('x');
  expect(asError(thrown)).toBe(thrown);
});

test('a connection that was lost says why, and no place in our code', () => {
  const limit = Error.stackTraceLimit;
  const cause = new Error('read ECONNRESET');
  const lost = connectionLost({ cause });
  expect(lost).toMatchObject({ code: 'ERR_SOKKER_CONNECTION_LOST', cause });
  expect(lost.stack).not.toMatch(/^ +at /m);
  expect(Error.stackTraceLimit).toBe(limit);
});

test('also where nobody may change how much of a stack is kept', () => {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
  try {
    expect(connectionLost().code).toBe('ERR_SOKKER_CONNECTION_LOST');
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: true });
  }
});
