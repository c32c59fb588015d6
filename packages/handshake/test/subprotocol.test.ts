import { UsageError } from '../src/index.js';
import { checkSubprotocols, parseSubprotocols, selectSubprotocol } from '../src/subprotocol.js';

test.each([
  [[], []],
  [['a'], ['a']],
  [
    ['b, a', 'c'],
    ['b', 'a', 'c'],
  ],
  [['a,A'], ['a', 'A']],
])('%j offers %j (RFC 6455 §4.1)', (lines, expected) => {
  expect(parseSubprotocols(lines)).toEqual(expected);
});

test.each([[['']], [[', ,']], [['a, b c']], [['a/b']], [['a, b, a']], [['a', 'a']]])('%j is refused', (lines) => {
  expect(() => parseSubprotocols(lines)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_SUBPROTOCOLS' }));
});

test.each([
  [['a', 'b'], ['b', 'a'], 'a'],
  [['a', 'b'], ['b'], 'b'],
  [['a'], ['A'], undefined],
  [[], ['a'], undefined],
])('of %j, where we speak %j, it is %s', (offered, spoken, selected) => {
  expect(selectSubprotocol(offered, spoken)).toBe(selected);
});

test.each([[['a', 'a']], [['']], [['a b']], [[1]]])('%j may not be listed', (names) => {
  const error = new UsageError('ERR_SOKKER_OPTION', 'Thing: subprotocols must be unique tokens');
  expect(() => checkSubprotocols('Thing', names as string[])).toThrow(error);
});
