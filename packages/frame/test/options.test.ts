import { bytesOption, readOptions, UsageError, type OptionTable } from '../src/index.js';
import { thrown } from './wire.js';

const table = {
  size: bytesOption(10, 'Largest thing.'),
  count: { kind: 'number', default: 2, unit: 'things', min: 0, max: 3, infinity: false, text: 'How many.' },
  mode: { kind: 'choice', default: 'fast', values: ['fast', 'safe'], text: 'How.' },
  flag: { kind: 'flag', default: false, text: 'Whether.' },
  source: {
    kind: 'value',
    default: 'none',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Where from.',
  },
} as const satisfies OptionTable;
const defaults = { size: 10, count: 2, mode: 'fast', flag: false };
const required = {
  role: { kind: 'choice', default: undefined, values: ['a', 'b'], text: 'Which.' },
} as const satisfies OptionTable;

test.each<[string, object | undefined, object]>([
  ['nothing given', undefined, defaults],
  ['explicit undefined', { size: undefined, source: undefined }, defaults],
  [
    'all given',
    { size: Infinity, count: 0, mode: 'safe', flag: true, source: thrown },
    { size: Infinity, count: 0, mode: 'safe', flag: true, source: thrown },
  ],
  ['the bounds', { size: 1, count: 3 }, { ...defaults, size: 1, count: 3 }],
  ['the largest safe integer', { size: Number.MAX_SAFE_INTEGER }, { ...defaults, size: Number.MAX_SAFE_INTEGER }],
])('%s', (_, given, expected) => {
  expect(readOptions('Thing', table, given)).toStrictEqual(expected);
});

test('what is given is copied', () => {
  const given = { size: 5 };
  const read = readOptions<{ size: number }>('Thing', table, given);
  given.size = 6;
  expect(read.size).toBe(5);
});

const SIZE = 'Thing: size must be an integer from 1 to 9007199254740991 (bytes), or Infinity for no limit, not';
test.each<[string, unknown, string]>([
  ['an unknown name', { weight: 1 }, "Thing has no option 'weight'"],
  ['a slip of the pen', { sise: 1 }, "Thing has no option 'sise'; did you mean size?"],
  ['a name that others have', { bulk: 1 }, "Thing has no option 'bulk'; use size"],
  ['a name of Object.prototype', { constructor: 1 }, "Thing has no option 'constructor'"],
  ['a number of 0', { size: 0 }, `${SIZE} 0`],
  ['a negative one', { size: -Infinity }, `${SIZE} -Infinity`],
  ['a fraction', { size: 1.5 }, `${SIZE} 1.5`],
  ['beyond safe integers', { size: 2 ** 53 }, `${SIZE} 9007199254740992`],
  ['a number as text', { size: '5' }, `${SIZE} '5'`],
  ['null', { size: null }, `${SIZE} null`],
  ['NaN', { size: Number.NaN }, `${SIZE} NaN`],
  ['an object', { size: { valueOf: () => 5 } }, `${SIZE} an object`],
  ['a function', { size: () => 5 }, `${SIZE} a function`],
  [
    'Infinity where there must be a bound',
    { count: Infinity },
    'Thing: count must be an integer from 0 to 3 (things), not Infinity',
  ],
  ['above the bound', { count: 4 }, 'not 4'],
  ['another choice', { mode: 'slow' }, "Thing: mode must be 'fast' or 'safe', not 'slow'"],
  ['a choice that is none', { mode: 1 }, "'fast' or 'safe', not 1"],
  ['a flag that is none', { flag: 0 }, 'Thing: flag must be true or false, not 0'],
  ['another value', { source: 'here' }, "Thing: source must be a function, not 'here'"],
  ['long text, cut', { flag: 'i'.repeat(100) }, `not '${'i'.repeat(64)}'`],
  ['no object', 'fast', "Thing takes its options as an object, not 'fast'"],
  ['null for all', null, 'Thing takes its options as an object, not null'],
  ['an array', [1], 'Thing takes its options as an object, not an array'],
  ['a number for all', 1, 'not 1'],
])('%s throws', (_, given, message) => {
  const error = thrown(() => readOptions('Thing', table, given as object, new Map([['bulk', 'size']])));
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  expect(error?.message.endsWith(message)).toBe(true);
});

test('a choice without default must be given', () => {
  const error = thrown(() => readOptions('Thing', required, {}));
  expect(error?.message).toBe("Thing: role must be 'a' or 'b', not undefined");
  expect(readOptions('Thing', required, { role: 'b' })).toEqual({ role: 'b' });
});
