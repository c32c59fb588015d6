import { HandshakeError, UsageError, VIOLATIONS } from '../src/index.js';
import { printable, violation } from '../src/errors.js';

test('an error has what its rule has; a client’s has no status', () => {
  const cause = new Error('x');
  const error = violation('ERR_SOKKER_VERSION', { detail: '12', cause });
  expect(error).toBeInstanceOf(HandshakeError);
  expect(error).toMatchObject({
    name: 'HandshakeError',
    code: 'ERR_SOKKER_VERSION',
    section: 'RFC 6455 §4.4',
    status: 426,
    headers: ['Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'],
    message: 'Sec-WebSocket-Version is not 13, once: 12 (RFC 6455 §4.4)',
    cause,
  });
  expect(violation('ERR_SOKKER_VERSION', { role: 'client' }).status).toBeUndefined();
  const plain = violation('ERR_SOKKER_KEY');
  expect(plain.message).toBe('Sec-WebSocket-Key is not 16 bytes in base64, once (RFC 6455 §4.2.1)');
  expect('cause' in plain).toBe(false);
});

test('a usage error is a TypeError with a code', () => {
  const error = new UsageError('ERR_SOKKER_OPTION', 'x');
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_OPTION', message: 'x' });
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

test('every rule names where it stands, in one form', () => {
  for (const { section } of Object.values(VIOLATIONS)) expect(section).toMatch(/^RFC \d{4} §\d+(\.\d+)*$/);
});

test.each([
  ['plain ~', 'plain ~'],
  ['\r\n\x1b[31m\x9b\u2028\u202e', '\\u000d\\u000a\\u001b[31m\\u009b\\u2028\\u202e'],
  ['a'.repeat(128), 'a'.repeat(128)],
  ['a'.repeat(129), `${'a'.repeat(128)}…`],
])('printable(%j)', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
