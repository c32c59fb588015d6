import { UsageError } from '../src/index.js';
import { checkedHeaders, RESPONSE_HEADERS, type HeadersInput } from '../src/output-headers.js';

const checked = (input: unknown): string[] => checkedHeaders(input as HeadersInput | undefined, RESPONSE_HEADERS);

test.each<[string, unknown, string[]]>([
  ['none', undefined, []],
  ['names with a value or several', { A: '1', B: ['2', '3'], C: [] }, ['A', '1', 'B', '2', 'B', '3']],
  [
    'pairs',
    [
      ['A', '1'],
      ['A', '2'],
    ],
    ['A', '1', 'A', '2'],
  ],
  ['a Map', new Map([['A', '1']]), ['A', '1']],
  ['the Headers of fetch', new Headers({ A: '1' }), ['a', '1']],
  ['an empty value, and one beyond ASCII', { A: '', B: '\xe9' }, ['A', '', 'B', '\xe9']],
])('headers as %s', (_, input, expected) => {
  expect(checked(input)).toEqual(expected);
});

const noPairs = 'headers must hold pairs of name and value';
const noName = 'headers has a name that is not a token';
const noValue = "headers has a value for 'A' that is not a string of field characters";

test.each<[string, unknown, string]>([
  ['a flat list', ['A', '1'], noPairs],
  ['a pair of three', [['A', '1', '2']], noPairs],
  ['a name alone', [['A']], noPairs],
  ['an empty name', { '': '1' }, noName],
  ['a name with a space', { 'A b': '1' }, noName],
  ['a name that is no string', [[1, '1']], noName],
  ['a value that is no string', { A: 1 }, noValue],
  ['CR LF in a value', { A: 'secret\r\nB: 2' }, noValue],
  ['a character beyond U+00FF', { A: '\u010a' }, noValue],
  ['a header of the handshake', { Upgrade: 'x' }, "headers has 'Upgrade', which the handshake itself decides"],
  [
    'one of those to come',
    { 'SEC-WebSocket-X': 'x' },
    "headers has 'SEC-WebSocket-X', which the handshake itself decides",
  ],
])('refuses %s', (_, input, message) => {
  expect(() => checked(input)).toThrow(new UsageError('ERR_SOKKER_OPTION', message));
});
