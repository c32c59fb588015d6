import { shown } from '../src/index.js';

test.each<[unknown, string]>([
  ['1000', "'1000'"],
  ['', "''"],
  ['a'.repeat(65), `'${'a'.repeat(64)}'`],
  [1000, '1000'],
  [Number.NaN, 'NaN'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('a'), 'Symbol(a)'],
  [{ secret: 1 }, 'an object'],
  [['secret'], 'an array'],
  [Object.create(null), 'an object'],
  [() => 'secret', 'a function'],
])('%p is shown as %s', (value, text) => expect(shown(value)).toBe(text));
