import { UsageError } from '../src/index.js';
import { CLIENT_REQUEST_OPTIONS, checkOptions, type OptionTable } from '../src/options.js';

const table = {
  size: { kind: 'number', default: 10, unit: 'bytes', min: 1, max: 20, infinity: true, text: 'Largest thing.' },
  count: { kind: 'number', default: 2, unit: 'things', min: 0, max: 3, infinity: false, text: 'How many.' },
  source: {
    kind: 'value',
    default: 'none',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Where from.',
  },
} as const satisfies OptionTable;

test.each<[string, object]>([
  ['nothing', {}],
  ['undefined', { size: undefined, source: undefined }],
  ['the least', { size: 1, count: 0 }],
  ['the most', { size: 20, count: 3 }],
  ['no limit', { size: Infinity }],
  ['a value that is accepted', { source: checkOptions }],
])('%s is accepted', (_, given) => {
  expect(() => checkOptions('make', table, given)).not.toThrow();
});

const SIZE = 'make: size must be an integer from 1 to 20 (bytes), or Infinity for no limit, not';
test.each<[string, unknown, string]>([
  ['null for all', null, 'make takes an object, not null'],
  ['a string for all', 'size', "make takes an object, not 'size'"],
  ['an unknown name, cut', { ['s'.repeat(65)]: 1 }, `make has no option '${'s'.repeat(64)}'`],
  ['a name of Object.prototype', { constructor: 1 }, "make has no option 'constructor'"],
  ['0', { size: 0 }, `${SIZE} 0`],
  ['above the most', { size: 21 }, `${SIZE} 21`],
  ['a fraction', { size: 1.5 }, `${SIZE} 1.5`],
  ['NaN', { size: NaN }, `${SIZE} NaN`],
  ['null', { size: null }, `${SIZE} null`],
  ['a number as text, cut', { size: '5'.repeat(65) }, `${SIZE} '${'5'.repeat(64)}'`],
  ['an object', { size: { valueOf: () => 5 } }, `${SIZE} an object`],
  ['a function', { size: () => 5 }, `${SIZE} a function`],
  ['no limit', { count: Infinity }, 'make: count must be an integer from 0 to 3 (things), not Infinity'],
  ['a value that is not accepted', { source: 'here' }, "make: source must be a function, not 'here'"],
])('%s is refused', (_, given, message) => {
  expect(() => checkOptions('make', table, given as object)).toThrow(new UsageError('ERR_SOKKER_OPTION', message));
});

test.each([null, 1, 'X: 1'])('headers are an object, not %p', (headers) => {
  expect(() => checkOptions('make', CLIENT_REQUEST_OPTIONS, { headers })).toThrow(
    'make: headers must be an object of names and values, or pairs of these',
  );
});
