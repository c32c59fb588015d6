import { closeCodeFor, LimitError, ProtocolError, UsageError } from '../src/index.js';
import { limitExceeded, violation } from '../src/errors.js';

test('a ProtocolError says code, section, close code and cause', () => {
  const cause = new Error('inflate');
  const rule = { closeCode: 1007, section: 'RFC 7692 §7.2.2', text: 'a message does not inflate' };
  const error = new ProtocolError('ERR_SOKKER_DEFLATE', rule, { cause });
  expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_SOKKER_DEFLATE', closeCode: 1007, cause });
  expect(error.message).toBe('a message does not inflate (RFC 7692 §7.2.2)');
  expect(error.section).toBe('RFC 7692 §7.2.2');
});

test('a LimitError says limit and actual', () => {
  const error = limitExceeded('ERR_SOKKER_MESSAGE_TOO_BIG', 10, 11);
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({
    name: 'LimitError',
    closeCode: 1009,
    section: 'RFC 6455 §10.4',
    limit: 10,
    actual: 11,
  });
  expect(error.message).toBe('a message is larger than maxMessageBytes: 11 > 10 (RFC 6455 §10.4)');
});

test('a UsageError is a TypeError, with a cause where there is one', () => {
  const error = new UsageError('ERR_SOKKER_ARGUMENT', 'no');
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message: 'no' });
  expect('cause' in error).toBe(false);
  const cause = new Error('why');
  expect(new UsageError('ERR_SOKKER_ARGUMENT', 'no', { cause }).cause).toBe(cause);
});

test.each<[string, unknown, boolean]>([
  ['one of another package', usage('ERR_SOKKER_OPTION'), true],
  ['one of another house', usage('ERR_OTHER'), false],
  ['a TypeError of that name', usage(undefined), false],
  ['what has its name and code alone', { name: 'UsageError', code: 'ERR_SOKKER_OPTION' }, false],
  ['a TypeError', new TypeError('x'), false],
  ['undefined', undefined, false],
])('whether %s is a UsageError', (_, value, is) => {
  expect(value instanceof UsageError).toBe(is);
  class Narrower extends UsageError {}
  expect(value instanceof Narrower).toBe(false);
  const narrower = new Narrower('ERR_SOKKER_OPTION', 'x');
  expect(narrower instanceof Narrower && narrower instanceof UsageError).toBe(true);
});

function usage(code: string | undefined): TypeError {
  return Object.assign(new TypeError('x'), { name: 'UsageError', code });
}

test.each([
  [violation('ERR_SOKKER_MASK_MISSING'), 1002],
  [limitExceeded('ERR_SOKKER_TOO_MANY_FRAGMENTS', 1, 2), 1008],
  [violation('ERR_SOKKER_UNEXPECTED_END'), undefined],
  ['thrown', 1011],
])('the close code for %s', (error, code) => {
  expect(closeCodeFor(error)).toBe(code);
});

test.each([
  ...[1000, 1010, 1014, 3000, 4999].map((code) => [code, code] as const),
  ...[999, 1004, 1005, 1015, 2999, 5000, Number.NaN].map((code) => [code, 1011] as const),
])('an error of somebody else’s table that says %d is answered with %d (RFC 6455 §7.4)', (closeCode, answer) => {
  const error = new ProtocolError('ERR_OTHER', { closeCode, section: 'RFC 6455 §7.4', text: 'a rule of theirs' });
  expect(closeCodeFor(error)).toBe(answer);
});
